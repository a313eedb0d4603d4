// Reads a JSON list of EIP-712 typed data on stdin and prints the list of their digests, as ethers
// computes them. EIP712Domain is taken out of the types, since ethers derives it from the domain's
// members and would otherwise find two primary types.
import { text } from "node:stream/consumers";
import { TypedDataEncoder } from "ethers";

const digests = JSON.parse(await text(process.stdin)).map(({ domain, types, message }) => {
  const { EIP712Domain: _, ...own } = types;
  return TypedDataEncoder.hash(domain, own, message);
});
console.log(JSON.stringify(digests));
