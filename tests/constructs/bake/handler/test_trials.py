"""What the handler says of releases that nobody deployed, as the command that recommends settings asks it."""

import json

from prod_one_box.constructs.bake.handler.calibration import Counts, calibrate
from prod_one_box.constructs.bake.handler.trials import stopped_after, usual

HISTORY = [[12, minute % 2, 48, 1] for minute in range(120)]
BAD, GOOD = [12, 6, 48, 1], [12, 0, 48, 1]


def asked(function, **event):
    """Call as the sandbox does: what is sent and what is answered is JSON."""
    return json.loads(json.dumps(function(json.loads(json.dumps(event)), None)))


def test_what_is_usual_is_that_of_the_evidence():
    assert asked(usual, histories=[HISTORY]) == [[*calibrate([Counts(*each) for each in HISTORY])]]


def test_a_bad_release_is_stopped_after_three_minutes_and_a_good_one_never():
    (known,) = asked(usual, histories=[HISTORY])
    releases = [[[known, [BAD] * 9]], [[known, [GOOD] * 9]], [[known, [GOOD] * 2], [known, [BAD] * 9]]]
    assert asked(stopped_after, releases=releases, tolerance=1.5, false_alarms=0.05) == [3, None, 5]
