"""Stands for a hardware wallet: reads what to sign on stdin, and answers on stdout.

It computes the digest itself, by eth-account, from the typed data or the text: what it is told of
the digest it does not look at. Its first word is how it behaves, its second the secret it holds,
its third a file for what it was asked and the names of the variables it saw.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def signature(asked, secret):
    from eth_account import Account
    from eth_account.messages import encode_defunct, encode_typed_data

    if asked["kind"] == "typedData":
        signable = encode_typed_data(full_message=asked["typedData"])
    else:
        signable = encode_defunct(text=asked["text"])
    return bytes(Account.sign_message(signable, secret).signature)


def main() -> None:
    behaviour, secret = sys.argv[1:3]
    if behaviour == "deaf":
        time.sleep(600)
    if behaviour == "flood":
        while True:
            sys.stdout.write("0x" * 10_000)
    if behaviour == "broken":
        sys.stdout.write("0x" + "11" * 65)
        sys.stderr.write("the device is locked\n")
        sys.exit(3)
    if behaviour == "garbage":
        sys.stdout.write("no signature\n")
        return
    asked = json.loads(sys.stdin.readline())
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(json.dumps({"asked": asked, "saw": sorted(os.environ)}))
    made = signature(asked, bytes.fromhex(secret))
    if behaviour == "high-s":
        high = ORDER - int.from_bytes(made[32:64], "big")
        made = made[:32] + high.to_bytes(32, "big") + bytes([55 - made[64]])
    if behaviour == "v-from-0":
        made = made[:64] + bytes([made[64] - 27])
    if behaviour == "two-lines":
        sys.stdout.write(f"0x{made.hex()}\n")
    sys.stdout.write(f"0x{made.hex()}\n")


if __name__ == "__main__":
    main()
