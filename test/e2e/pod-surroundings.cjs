/**
 * Preloaded into an exporter that is to believe that it runs in a pod: its account is mounted from a folder of the test, and names
 * of Services lead to this machine. Which Service is which is told by the port.
 */
'use strict';
const dns = require('node:dns');
const files = require('node:fs/promises');
const { syncBuiltinESMExports } = require('node:module');

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const folder = process.env.TEST_POD_ACCOUNT;

const { lookup } = dns;
dns.lookup = (hostname, ...rest) => lookup(/\.svc$/.test(hostname) ? '127.0.0.1' : hostname, ...rest);
const { readFile } = files;
files.readFile = (path, ...rest) =>
  readFile(String(path).startsWith(MOUNT) ? folder + String(path).slice(MOUNT.length) : path, ...rest);
syncBuiltinESMExports();
