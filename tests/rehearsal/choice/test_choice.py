"""Which of several settings is recommended."""

from prod_one_box.rehearsal.choice.choice import Row, best
from prod_one_box.rehearsal.choice.setting import Setting, Wave
from prod_one_box.rehearsal.choice.trials import Figures


def row(found: float, requests: float, bake: int = 10, false: float = 0) -> Row:
    figures = Figures(found=found, minutes=5, requests=requests, false_aborts=false)
    return Row(Setting(waves=(Wave(20, bake),)), figures)


def test_of_those_that_find_the_fault_the_fewest_visitors_decide() -> None:
    assert best([row(0.94, 1), row(0.96, 300), row(0.95, 100, bake=50)]) == 2


def test_of_those_with_about_as_few_visitors_the_shortest_is_recommended() -> None:
    assert best([row(1, 100, bake=50), row(1, 120, bake=10), row(1, 130, bake=5)]) == 1


def test_a_setting_that_stops_many_good_releases_is_not_recommended() -> None:
    assert best([row(1, 100, false=0.06), row(0.97, 500, false=0.05)]) == 1
    assert best([row(0.9, 100, false=0.06), row(0.5, 500, false=0.05)]) == 1


def test_of_those_that_are_alike_the_one_that_stops_fewer_good_releases_and_then_the_first() -> None:
    assert best([row(1, 100, false=0.02), row(1, 101), row(1, 99)]) == 1


def test_if_none_finds_it_the_one_that_finds_it_most_often() -> None:
    assert best([row(0.2, 1), row(0.6, 900, bake=50), row(0.3, 1)]) == 1
