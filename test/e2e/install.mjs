export async function installBrowserTests() {
  return 'not there yet';
}
