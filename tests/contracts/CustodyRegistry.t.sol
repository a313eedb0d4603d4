// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyRegistry} from "../../contracts/interfaces/ICustodyRegistry.sol";
import {RegistryHandler} from "./RegistryHandler.t.sol";

/// @title Custody and weight hold, whatever is sent to the registry in whichever order.
contract CustodyRegistryTest {
    RegistryHandler private _handler;

    function setUp() external {
        _handler = new RegistryHandler();
    }

    /// @dev The runner calls the handler alone.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_no_millicarat_is_made_up_or_vanishes() external view {
        uint256 live = 0;
        for (uint256 i = 0; i < _handler.parcelCount(); ++i) {
            ICustodyRegistry.Parcel memory known = _parcel(i);
            if (known.state != ICustodyRegistry.State.Spent) live += known.weightMillicarats;
        }
        assert(live + _handler.lost() == _handler.registered());
    }

    function invariant_each_parcel_has_the_one_custodian_that_last_took_it() external view {
        for (uint256 i = 0; i < _handler.parcelCount(); ++i) {
            (address custodian,,) = _handler.lots(_handler.parcels(i));
            ICustodyRegistry.Parcel memory known = _parcel(i);
            assert(known.custodian == custodian && custodian != address(0));
            bool isOffered = known.state == ICustodyRegistry.State.Offered;
            assert((known.recipient != address(0)) == isOffered);
            assert(known.recipient != custodian);
        }
    }

    function invariant_what_is_spent_never_changes() external view {
        for (uint256 i = 0; i < _handler.parcelCount(); ++i) {
            (, bool isSpent, bytes32 frozen) = _handler.lots(_handler.parcels(i));
            ICustodyRegistry.Parcel memory known = _parcel(i);
            assert((known.state == ICustodyRegistry.State.Spent) == isSpent);
            if (isSpent) assert(keccak256(abi.encode(known)) == frozen);
        }
    }

    function _parcel(uint256 i) private view returns (ICustodyRegistry.Parcel memory) {
        return _handler.registry().parcel(_handler.parcels(i));
    }
}
