// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICustodyRegistry} from "../../contracts/interfaces/ICustodyRegistry.sol";
import {RegistryActs} from "./RegistryActs.sol";

/// @dev Here, since the runner calls only what is compiled with the tests.
contract RegistryHandler is RegistryActs {}

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

    function invariant_custody_and_weight_hold() external view {
        assert(!_handler.wasWrong());
        _checkWeights();
        _checkCustody();
        _checkSpent();
    }

    /// @dev Else the invariants would say little: most acts of each sort are taken, and many
    /// refused.
    function test_the_acts_are_taken_and_refused() external {
        for (uint256 i = 0; i < 120; ++i) {
            uint256 dice = uint256(keccak256(abi.encode(i)));
            if (i % 6 == 0) _handler.register(dice);
            if (i % 3 == 1) _handler.handOff(dice);
            if (i % 3 == 2) _handler.receive_(dice);
            if (i % 6 == 3) _handler.transform(dice);
            if (i % 12 == 5) _handler.withdraw(dice);
        }
        assert(!_handler.wasWrong());
        assert(_handler.taken() > 50);
        assert(_handler.refused() > 20);
        assert(_handler.lost() > 0);
    }

    /// @dev No millicarat is made up or vanishes.
    function _checkWeights() private view {
        uint256 live = 0;
        for (uint256 i = 0; i < _handler.parcelCount(); ++i) {
            ICustodyRegistry.Parcel memory known = _parcel(i);
            if (known.state != ICustodyRegistry.State.Spent) live += known.weightMillicarats;
        }
        assert(live + _handler.lost() == _handler.registered());
    }

    /// @dev Each parcel has the one custodian that last took it.
    function _checkCustody() private view {
        for (uint256 i = 0; i < _handler.parcelCount(); ++i) {
            (address custodian,,) = _handler.lots(_handler.parcels(i));
            ICustodyRegistry.Parcel memory known = _parcel(i);
            assert(known.custodian == custodian && custodian != address(0));
            bool isOffered = known.state == ICustodyRegistry.State.Offered;
            assert((known.recipient != address(0)) == isOffered);
            assert(known.recipient != custodian);
        }
    }

    /// @dev What is spent never changes.
    function _checkSpent() private view {
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
