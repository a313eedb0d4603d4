// Reads JSON on stdin and prints JSON. Of {"write": [...]} it makes keystores, with every random
// value given, as ethers writes them; of {"read": [...]} it says which secret ethers finds in each.
import { text } from "node:stream/consumers";
import { decryptKeystoreJsonSync, encryptKeystoreJsonSync, Wallet } from "ethers";

const asked = JSON.parse(await text(process.stdin));
const write = ({ secret, passphrase, salt, iv, uuid, scrypt }) => {
  const { address, privateKey } = new Wallet(secret);
  const made = encryptKeystoreJsonSync({ address, privateKey }, passphrase, { salt, iv, uuid, scrypt });
  return JSON.parse(made);
};
const read = ({ keystore, passphrase }) => decryptKeystoreJsonSync(keystore, passphrase).privateKey;
console.log(JSON.stringify({
  written: (asked.write ?? []).map(write),
  read: (asked.read ?? []).map(read),
}));
