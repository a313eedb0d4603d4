// How the contracts are compiled and tested: `tools/node hardhat test`. The compiler comes from the npm
// package `solc`, so that nothing is downloaded; `python -m contracts.build` keeps what it makes in
// ledger/anchor/artifacts, where the Python package finds it.
import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";

const { resolve } = createRequire(import.meta.url);

// Several at once would write over each other: tests name a folder of their own.
const build = process.env.ADAMANT_BUILD ?? "build";

export default defineConfig({
  paths: {
    sources: "contracts",
    tests: { solidity: "tests/contracts" },
    artifacts: `${build}/artifacts`,
    cache: `${build}/cache`,
  },
  solidity: {
    version: "0.8.37",
    path: resolve("solc/soljson.js"),
    isolated: true, // or a contract's bytes would depend on what else is compiled beside it
    settings: {
      evmVersion: "cancun", // py-evm ends at Prague
      viaIR: true,
      optimizer: { enabled: true, runs: 1_000_000 },
      metadata: { bytecodeHash: "none" }, // the bytes depend on the code alone, not on comments or paths
    },
  },
});
