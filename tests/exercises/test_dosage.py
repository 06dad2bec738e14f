import pytest

from exercises.dosage import Dose, minutes_of, say_seconds


@pytest.mark.parametrize(
    ("dose", "text", "seconds"),
    [
        (Dose(), "", 4),
        (Dose(1, 3, 30), "3 × 30 s", 90),
        (Dose(1, 3, 30, per_side=True), "3 × 30 s each side", 185),
        (Dose(2, 10), "2 × 10", 100),
        (Dose(2, 10, per_side=True), "2 × 10 each side", 185),
        (Dose(1, 8), "8 times", 32),
        (Dose(1, 1), "once", 4),
        (Dose(2, 10, 3), "2 × 10, hold 3 s", 80),
        (Dose(2, 3, 15, per_side=True), "2 × 3, hold 15 s each side", 205),
        (Dose(2, None, 60), "2 × 1 min", 140),
        (Dose(1, 1, 900), "15 min", 900),
        (Dose(None, None, 45), "45 s", 45),
        (Dose(None, None, None, 20), "20 min", 1200),
        (Dose(None, None, None, 10, per_side=True), "10 min, both sides", 600),
        (Dose(1, 8, None, 5), "8 times, about 5 min", 300),
    ],
)
def test_dose_is_said_and_timed(dose: Dose, text: str, seconds: int):
    assert (dose.text, dose.seconds) == (text, seconds)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 s"), (59, "59 s"), (60, "1 min"), (90, "90 s"), (100, "1 min 40 s"), (1800, "30 min")],
)
def test_seconds_are_said_in_minutes_from_one_minute_up(seconds: int, text: str):
    assert say_seconds(seconds) == text


def test_minutes_of_doses_are_whole_and_at_least_one():
    assert minutes_of([]) == 0
    assert minutes_of([Dose(1, 3)]) == 1
    assert minutes_of([Dose(1, 3, 30, per_side=True), Dose(duration_minutes=10)]) == 13
