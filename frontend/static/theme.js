// The stored choice of light or dark, before anything is painted; absent means the system's.
(() => {
  try {
    const choice = localStorage.getItem('watchkeeper.theme');
    if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
  } catch { /* storage is off: the system decides */ }
})();
