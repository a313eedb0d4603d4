"""Settings and adapters: where a ledger lies, how it is opened, what it logs.

The rules of the room:

* It is the only one that names concrete adapters; every other room knows their protocols.
* Nothing is read, opened or made when it is imported.
* Secrets it makes go into files that their owner alone can read, and nowhere else.
"""

from ledger.config.auditing import UnderAudit, open_for_audit
from ledger.config.chain_keys import (
    ChainKey,
    check_local_chain,
    fresh_chain_key,
    known_or_fresh,
    read_chain_key,
    read_or_make_chain_key,
)
from ledger.config.clocks import system_clock
from ledger.config.collecting import collect_seldom
from ledger.config.copies import Copy, open_copy
from ledger.config.folder import (
    OWNER_ONLY_FOLDER,
    LedgerFolder,
    Server,
    fresh_log_key,
    make_folder,
)
from ledger.config.logs import log_as_json, log_event, stay_quiet
from ledger.config.opening import (
    OpenLedger,
    Stores,
    found_ledger,
    in_use,
    locked,
    open_for_recovery,
    open_ledger,
    open_stores,
    try_lock,
)
from ledger.config.secrecy import leave_no_core_file
from ledger.config.settings import (
    LOG_LEVELS,
    LogLevel,
    Settings,
    mirror_hand_overs,
    name_local_chain,
    read_settings,
)

__all__ = [
    "LOG_LEVELS",
    "OWNER_ONLY_FOLDER",
    "ChainKey",
    "Copy",
    "LedgerFolder",
    "LogLevel",
    "OpenLedger",
    "Server",
    "Settings",
    "Stores",
    "UnderAudit",
    "check_local_chain",
    "collect_seldom",
    "found_ledger",
    "fresh_chain_key",
    "fresh_log_key",
    "in_use",
    "known_or_fresh",
    "leave_no_core_file",
    "locked",
    "log_as_json",
    "log_event",
    "make_folder",
    "mirror_hand_overs",
    "name_local_chain",
    "open_copy",
    "open_for_audit",
    "open_for_recovery",
    "open_ledger",
    "open_stores",
    "read_chain_key",
    "read_or_make_chain_key",
    "read_settings",
    "stay_quiet",
    "system_clock",
    "try_lock",
]
