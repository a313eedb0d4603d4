"use strict";
// Asks a wallet in this browser to sign. It fills in the field that anyone could fill in by hand:
// what the signature is worth is found out by the server, and by nobody here.
(() => {
  const part = document.getElementById("wallet");
  const ask = async () => {
    const says = document.getElementById("wallet-says");
    const wallet = window.ethereum;
    says.textContent = "The wallet is asked.";
    try {
      const [account] = await wallet.request({ method: "eth_requestAccounts" });
      const data = document.getElementById("typed-data").value;
      const signature = await wallet.request({
        method: "eth_signTypedData_v4",
        params: [account, data],
      });
      document.getElementById("signature").value = signature;
      says.textContent = "The wallet signed. Have the signature checked.";
    } catch {
      says.textContent = "The wallet did not sign.";
    }
  };
  const show = () => {
    if (part && window.ethereum && part.hidden) {
      part.hidden = false;
      part.querySelector("button").addEventListener("click", ask);
    }
  };
  show();
  window.addEventListener("ethereum#initialized", show, { once: true });
})();
