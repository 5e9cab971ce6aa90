"""
All limits behind a verdict, in one place; the table in docs/statistics.md says them in words.

All tests together are to doubt less than two right models in a hundred; half of that is what was measured.
"""

# With fewer shots the deviance of binomial counts has no chi-square law.
FEW_SHOTS = 20
# So large a part of the circuits without counts is no accident, and what took them may have chosen.
MISSING = 0.1
# The last step towards a limit is not worth taking: a fit that would go on beyond it ends so many standard errors away.
AT_BOUND = 0.01
# Below this probability of so poor a fit the shots do not explain it.
FIT_PROBABILITY = 1e-3
# Deviations up to this part of the contrast (root mean square) come from gates and readout and spoil no number.
SCATTER = 0.015
# Directed tests doubt so many right models.
SCORE_PROBABILITY = 0.01
# So many signals that are not there pass for one that is, all frequencies tried together.
SIGNAL_PROBABILITY = 1e-4
# A direction, and scatter, has a systematic from two standard errors on: from this probability. Directions that are
# asked because there are several series share it.
SEEN_PROBABILITY = 0.0455
# What the points show of a misfit may move the headline by so many standard errors.
ADMITTED = 1.0
# One point off by so many standard errors and this part of the contrast is an outlier; by so many more, at any size.
OUTLIER_ERRORS, OUTLIER_CONTRAST, OUTLIER_ALONE = 5.0, 0.1, 8.0
# Stretches of points that do not belong to the rest are found in so many right models.
LOCALIZED_PROBABILITY = 2e-3
# Below this probability equal extreme values are not coincidence.
TIES_PROBABILITY = 0.01
# A plateau is flat to shot noise (probability above the first) where the model moves by this much (deviance).
FLAT_PROBABILITY, MOVES = 0.01, 60.0
