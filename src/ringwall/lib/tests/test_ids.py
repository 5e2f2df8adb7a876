from ringwall.lib.ids import uuid7


def test_each_is_greater_than_the_one_before_and_of_version_7() -> None:
    made = [uuid7() for _ in range(1000)]
    assert made == sorted(set(made))
    assert {one.version for one in made} == {7}
