"""A question to a person is asked once, and nobody there means no."""

from oqtopus_experiments.contracts.questions import agreed, answered_by


def test_a_question_that_comes_up_again_has_its_answer_already():
    asked = []
    with answered_by(lambda question: asked.append(question) or question == "Send it?"):
        assert [agreed("Send it?"), agreed("Keep it?"), agreed("Send it?"), agreed("Keep it?")] == [True, False] * 2
    assert asked == ["Send it?", "Keep it?"]
    assert not agreed("Send it?")
