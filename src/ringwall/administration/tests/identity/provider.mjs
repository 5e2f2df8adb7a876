// The certified identity provider `oidc-provider` on loopback. Prints its issuer in one line when it is ready.
// PUT /control {"sub": ..., "email": ..., ...} says who signs in next, and what is told of them.
import http from 'node:http';
import Provider from 'oidc-provider';

console.info = console.warn = () => {}; // nobody reads on after the first line

const people = new Map();
let present = null;

const server = http.createServer();
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  scopes: ['openid', 'email', 'profile', 'groups'],
  // Its own guard against addresses on this machine is off: the listener for logout tokens has one.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    registration: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => people.get(sub) }),
  interactions: { url: (ctx, interaction) => `/sign-in/${interaction.uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid email profile groups');
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
server.on('request', async (request, response) => {
  if (request.url === '/control') {
    const parts = [];
    for await (const part of request) parts.push(part);
    present = JSON.parse(Buffer.concat(parts).toString());
    people.set(present.sub, present);
    response.writeHead(204).end();
  } else if (request.url.startsWith('/sign-in/')) {
    await provider.interactionFinished(request, response, { login: { accountId: present.sub } });
  } else {
    answer(request, response);
  }
});
console.log(issuer);
