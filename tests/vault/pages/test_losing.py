"""An organisation that has lost what it was given: the person is asked, and only then it leaves."""

import shutil
from pathlib import Path

from tests.vault.pages.conftest import Organisation, Pages, Visitor, text


def test_it_is_asked_on_their_page_and_sent_by_one_press(
    pages: Pages, visitor: Visitor, reel: Organisation, tmp_path: Path
) -> None:
    visitor.keep("June", *pages.host.parts.samples)
    visitor.post("/connect", to=reel.url, terms="FH-GIVEN", tie="no")
    reel.leave()
    shutil.copytree(reel.folder, tmp_path / "older")
    reel.back()
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix", since="2026-04-01")
    assert "Send it again?" not in text(visitor.get("/with/reel"))
    reel.leave()
    shutil.rmtree(reel.folder)
    shutil.copytree(tmp_path / "older", reel.folder)
    reel.back()
    visitor.post("/with/reel/give", by="kind", kind="WatchAction|netflix", since="2026-05-01")
    asked = text(visitor.get("/with/reel"))
    assert "Reel has lost what you gave. Send it again?" in asked
    assert "If you do nothing, nothing leaves." in asked
    sent = visitor.post("/with/reel/again")
    assert "signed for it" in text(sent)
    assert "Send it again?" not in text(visitor.get("/with/reel"))
    assert "proven again just now" in text(visitor.get("/with/reel/log"))
