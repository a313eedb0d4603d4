// The node of tests/nodes.py: its first block always has the same time, so that the same transactions at
// the same times make the very same blocks again.
import { defineConfig } from "hardhat/config";

export default defineConfig({
  paths: { artifacts: "build/artifacts", cache: "build/cache" },
  networks: { node: { type: "edr-simulated", initialDate: "2024-01-01T00:00:00Z" } },
});
