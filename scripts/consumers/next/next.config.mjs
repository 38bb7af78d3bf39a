export default {
  serverExternalPackages: ['finconnect'],
};
