"""A developer takes a release through the panel, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from e2e.browser import SECONDS
from e2e.preview_process import preview_of
from preview.templates import split_site
from template.assemblies import write

TWO = {"one-box": 20.0, "regular": 80.0}
FOUR = {"one-box": 1.0, "wave-2": 4.0, "wave-3": 15.0, "regular": 80.0}


@contextmanager
def panel_of(browser: Browser, folder: Path, shares: dict[str, float]) -> Iterator[Page]:
    """The panel of a site whose version `new` can be released over `old`."""
    for text in ("new", "old"):
        (folder / text).mkdir()
        write(folder / text, Shop=split_site(text, shares))
    with preview_of(folder / "new", "--against", folder / "old") as preview:
        context = browser.new_context()
        context.set_default_timeout(SECONDS * 1000)
        page = context.new_page()
        page.goto(f"{preview.panel}/")
        page.wait_for_selector("#version-backend")
        yield page
        context.close()


def visible_buttons(page: Page) -> list[str]:
    return page.locator("button:visible").all_inner_texts()


def press(page: Page, name: str, *, then: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#stage")).to_contain_text(then)


def changed(page: Page, before: dict[str, str]) -> list[str]:
    """The partitions that show another version than before."""
    return [name for name, version in versions(page).items() if version != before[name]]


def versions(page: Page) -> dict[str, str]:
    shown = {element.get_attribute("id"): element.inner_text() for element in page.locator("#tiers b").all()}
    return {str(id_).removeprefix("version-"): version for id_, version in shown.items()}


def test_a_release_through_four_partitions(browser: Browser, tmp_path: Path) -> None:
    with panel_of(browser, tmp_path, FOUR) as page:
        before = versions(page)
        assert list(before) == [*FOUR, "backend"]
        press(page, "Put the new version on the one-box", then="the backend and the one-box are on the new version")
        assert "wave-2, wave-3 and the regular partition are not." in page.inner_text("#stage")
        assert changed(page, before) == ["one-box", "backend"]
        press(page, "Put the new version on wave-2", then="the backend, the one-box and wave-2 are")
        assert changed(page, before) == ["one-box", "wave-2", "backend"]
        press(page, "Put the new version on wave-3", then="the regular partition is not")
        assert "Put the new version on regular" not in visible_buttons(page)
        press(page, "Abort", then="All visitors are on one release")
        assert changed(page, before) == []
        press(page, "Put the new version on the one-box", then="A release is under way")
        press(page, "Promote", then="All visitors are on one release")
        assert changed(page, before) == list(before)


def test_each_wave_has_a_share_that_is_taken_from_the_regular_partition(browser: Browser, tmp_path: Path) -> None:
    with panel_of(browser, tmp_path, FOUR) as page:
        assert page.locator("input").count() == len(FOUR) - 1
        share = page.get_by_label("Share of visitors in wave-2, %")
        share.fill("10.5")
        share.press("Enter")
        expect(page.locator(".tier.wave-2")).to_contain_text("10.5 %")
        expect(page.locator(".tier.regular")).to_contain_text("73.5 %")
        share.fill("90")
        share.press("Enter")
        expect(page.locator("#error")).to_have_text("1 + 90 + 15 is more than 100")
        expect(share).to_have_value("10.5")


def test_with_two_partitions_there_is_no_step_between_the_one_box_and_the_promotion(
    browser: Browser, tmp_path: Path
) -> None:
    with panel_of(browser, tmp_path, TWO) as page:
        buttons = ["Put the new version on the one-box", "Promote", "Abort"]
        assert visible_buttons(page) == buttons
        press(
            page,
            buttons[0],
            then="the backend and the one-box are on the new version, the regular partition is not.",
        )
        assert visible_buttons(page) == buttons
        assert page.locator(".tier.one-box").inner_text().startswith("one-box\n")
        slider, share = page.locator("input[type=range]"), page.locator("input[type=number]")
        share.fill("50")
        share.press("Enter")
        expect(slider).to_have_value("50")
        press(page, "Promote", then="All visitors are on one release")
