"""Party keys, and what signs with them.

A secret leaves this room only as the return value of :meth:`Keyring.unlock` and of
:func:`open_keystore`; it is never printed, logged or put into an error. Whoever has something to
sign asks :meth:`Keyring.signer` for a :class:`Signer`, and need not know where the key lies: in a
keystore, in the environment, or with a command that speaks to a device.
"""

from ledger.keys.checking import check_signature
from ledger.keys.commands import CommandSigner, read_settings, write_settings
from ledger.keys.environment import variable_of
from ledger.keys.keyring import Key, Keyring, read_file
from ledger.keys.keystores import (
    DEMO_SCRYPT_COST,
    SCRYPT_COST,
    Keystore,
    open_keystore,
    read_keystore,
    write_keystore,
)
from ledger.keys.signers import (
    RecordStatement,
    SecretSigner,
    Signer,
    SignerKind,
    Statement,
    TextStatement,
)

__all__ = [
    "DEMO_SCRYPT_COST",
    "SCRYPT_COST",
    "CommandSigner",
    "Key",
    "Keyring",
    "Keystore",
    "RecordStatement",
    "SecretSigner",
    "Signer",
    "SignerKind",
    "Statement",
    "TextStatement",
    "check_signature",
    "open_keystore",
    "read_file",
    "read_keystore",
    "read_settings",
    "variable_of",
    "write_keystore",
    "write_settings",
]
