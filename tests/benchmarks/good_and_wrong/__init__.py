"""
How often a number is good and wrong: kinds of damage that the rules of the verdicts were not tuned on.

`lab` is a measurement as a lab would make it, truths at random; `laws`, `drifts`, `electronics` and `statistics` damage
it; `kinds` lists all of them and says what nobody could see; `measuring` counts; `limits` holds the promises. No
other code reads this folder, so that no rule is chosen by it.
"""
