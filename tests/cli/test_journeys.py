"""`regulars journey`: journeys of the catalog, checked where they stand and drawn."""

from tests.cli.conftest import Regulars

PATH = "catalog/journeys/mine.yaml"


def test_the_journeys_of_the_catalog_hold_together(regulars: Regulars) -> None:
    said = regulars("journey", "check")

    assert said.code == 0
    assert "6 journeys hold together" in said.err
    assert {one["id"]: one["messages"] for one in regulars.json("journey", "check")["journeys"]} == {
        "abandoned_cart": 3,
        "delivery_problem": 2,
        "post_purchase": 3,
        "welcome": 3,
        "welcome_back": 1,
        "win_back": 2,
    }


def test_says_which_line_is_wrong(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {event: Signed Up}\nsteps:\n  - wait: 1 day\n  - join: unhapy\n")
    said = regulars("journey", "check", PATH)

    assert said.code == 1
    assert "there is no list unhapy: did you mean unhappy?" in said.err
    assert "mine.yaml:4" in said.err


def test_says_all_that_is_wrong_and_shows_the_rest(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {segment: vipp}\nsteps: [exit]\n")
    regulars.write("catalog/journeys/other.yaml", "steps: [exit]\n")
    said = regulars("journey", "check")

    assert said.code == 1
    assert "there is no segment vipp" in said.err
    assert "enter: is an object" in said.err
    assert "welcome_back" in said.out


def test_a_move_leads_to_a_journey_that_is_open(regulars: Regulars) -> None:
    regulars.write(PATH, "enter: {event: Signed Up}\nsteps: [{move: welcome}]\n")

    assert "no journey open to moves (enter: {api: true}) called welcome" in regulars("journey", "check", PATH).err


def test_draws_a_journey(regulars: Regulars) -> None:
    drawn = regulars("journey", "draw", "catalog/journeys/welcome.yaml")

    assert drawn.out.splitlines()[:2] == ["flowchart TD", '  enter(["Signed Up"])']
    assert drawn.out == regulars.json("journey", "draw", "catalog/journeys/welcome.yaml")["mermaid"]


def test_a_file_that_there_is_not_is_said_to_be(regulars: Regulars) -> None:
    assert "there is no such file" in regulars("journey", "draw", "catalog/journeys/none.yaml").err


def test_plan_says_that_journeys_are_left_alone(regulars: Regulars) -> None:
    assert "6 journeys left alone: none can be published yet" in regulars("plan").err
