// How the contracts are compiled and tested: `tools/node hardhat test`. The compiler comes from the
// npm package `solc`, so that nothing is downloaded; `python -m contracts.build` keeps what it makes
// in ledger/anchor/artifacts, where the Python package finds it.
import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

const { resolve } = createRequire(import.meta.url);

// Several at once would write over each other: tests name a folder of their own.
const build = process.env.ADAMANT_BUILD ?? "build";

// How often: tests/contracts/test_hardhat.py sets these from tests/trials.toml.
const fuzzed = Number(process.env.ADAMANT_FUZZ_RUNS ?? 256);
const sequences = Number(process.env.ADAMANT_INVARIANT_RUNS ?? 32);
const depth = Number(process.env.ADAMANT_INVARIANT_DEPTH ?? 50);
const seed = process.env.ADAMANT_FUZZ_SEED;

const solidity = (runs) => ({
  version: "0.8.37",
  path: resolve("solc/soljson.js"),
  settings: {
    evmVersion: "cancun", // py-evm ends at Prague
    viaIR: true,
    optimizer: { enabled: true, runs },
    metadata: { bytecodeHash: "none" }, // bytes depend on the code, not on comments or paths
  },
});

export default defineConfig({
  paths: {
    sources: "contracts",
    tests: { solidity: "tests/contracts" },
    artifacts: `${build}/artifacts`,
    cache: `${build}/cache`,
  },
  test: {
    solidity: {
      fuzz: { runs: fuzzed, seed, failurePersistDir: `${build}/cache` },
      invariant: {
        runs: sequences,
        depth,
        failOnRevert: true,
        failurePersistDir: `${build}/cache`,
      },
    },
  },
  solidity: {
    isolated: true, // or a contract's bytes would depend on what else is compiled beside it
    compilers: [solidity(1_000_000)],
    // Fewer runs mean fewer bytes: no contract may have more than 24,576 (EIP-170).
    overrides: {
      "contracts/CustodyRegistry.sol": solidity(200),
      "tests/contracts/CustodyRegistry.t.sol": solidity(200),
    },
  },
});
