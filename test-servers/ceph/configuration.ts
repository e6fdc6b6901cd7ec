/** Where a cluster lives. */
export interface Places {
  readonly folder: string;
  readonly monitorPort: number;
  readonly gatewayPort: number;
  /** A UUID. */
  readonly id: string;
}

/** The configuration of a cluster with one copy of everything, which is in a hurry and needs no manager. */
export function configuration({ folder, monitorPort, gatewayPort, id }: Places): string {
  return `
[global]
fsid = ${id}
mon host = v2:127.0.0.1:${monitorPort}/0
mon initial members = a
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth allow insecure global id reclaim = false
keyring = ${folder}/keyring
run dir = ${folder}/run
log file = ${folder}/log/$name.log
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
debug ms = 0

osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 1
paxos propose interval = 0.02
paxos min wait = 0.01

[mon.a]
mon data = ${folder}/mon

[osd.0]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 8589934592
osd class load list = *
osd class default list = *

[client.rgw.a]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw enable apis = s3, admin
rgw enable ops log = false
rgw enable usage log = false
rgw rados pool pg num min = 1
rgw gc max objs = 7
rgw lc max objs = 7
`;
}
