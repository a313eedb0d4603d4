"""The stone's way with all that happens at borders, in laboratories and in shops.

``journey`` tells it on an open ledger, ``journey("trade")`` on a trade ledger: rough is certified
out of Botswana and cleared in Belgium, a stone is graded, set in a ring, sold, and comes back.
"""

from __future__ import annotations

import functools

from ledger.values import Hash32, to_hex
from tests.scene import Scene, jewel

EXPORTED, PENDING, REFUSED = "BW20260001", "BW20260002", "BW20260003"
RING = 'Ring "Aurora" & <b>co</b>'
REPORT = "2026000001"


class Journey(Scene):
    """A scene with certificates by name."""

    @property
    def certificates(self) -> dict[str, Hash32]:
        """The ids of its certificates, by what became of them."""
        numbers = {"confirmed": EXPORTED, "open": PENDING, "refused": REFUSED}
        found = {
            signed.record.what.number: signed.record_id
            for _, signed, _ in self.log
            if signed.record.KIND.name == "Certificate"
        }
        return {name: found[number] for name, number in numbers.items()}


@functools.cache
def _journey(mode: str) -> Journey:
    scene = Journey(**vars(jewel(mode)))
    home = scene.sites["home"]
    bags = sorted(scene.register(home, weight, 2, zone="South") for weight in (2_500, 1_250))
    scene.later()
    certificate = scene.certify(bags, EXPORTED, "BE", origins=("BW",))
    scene.correct("authority-bw", certificate, {"amounts.valuesUsCents.0": "123456"})
    scene.later()
    scene.clear(certificate)
    waiting = [scene.register(home, 700, 1, zone="South")]
    scene.certify(waiting, PENDING, "BE")
    stopped = [scene.register(home, 900, 1, zone="South")]
    other = scene.certify(stopped, REFUSED, "IN", origins=("BW",))
    scene.clear(other, "authority-in", reason="weight", parcel_count=0, found={})
    stone = scene.parcels["stone"]
    graded = scene.grade("lab-be", stone, REPORT)
    scene.correct("lab-be", graded, {"what.color": "F"})
    scene.state_that("trader-be", "warranty", scene.parcels["rest"], text_id="wdc-sow-2")
    scene.state_that("trader-be", "location", scene.parcels["rest"], as_of=scene.now_s - 60,
                     countries=("BE",))  # fmt: skip
    scene.state_that("auditor-ch", "document", stone, document=Hash32(bytes(range(32))))
    scene.state_that("lab-be", "origin", stone, report_number="O7", countries=("BW", "CA"))
    scene.later()
    ring = scene.set_in([stone], label=RING)
    scene.sell(ring)
    scene.parcels |= {
        "certified": bags[0], "certified too": bags[1], "waiting": waiting[0],
        "stopped": stopped[0], "ring": ring,
    }  # fmt: skip
    return scene


def journey(mode: str = "open") -> Journey:
    """Return the world of the journey, on an open or a trade ledger."""
    return _journey(mode).fork()  # type: ignore[return-value]  # a fork is of its world's class


def hex_of(scene: Journey, certificate: str) -> str:
    """Return the id of a certificate, by what became of it, as text."""
    return to_hex(scene.certificates[certificate])
