import { startLoaded } from './world-data.js';
const from = Date.UTC(2026,5,3,8)/1000;
const n = Number(process.argv[2]);
const l = await startLoaded({scale:{blocks:n,density:Number(process.argv[4])}, from, to: from+Number(process.argv[3]), scrapeInterval:30}, '/tmp/bkdata-try', console.log);
console.log(l); await l.server.stop();
