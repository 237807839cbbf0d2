#!/usr/bin/env bash
#
# --link of the programs: each link runs, with the same bytes for the same seed, and what has no effect
# over a link is refused. Run by CTest as `links`.
#
#     links-test.sh path/to/mec-offload path/to/mec-serve path/to/mec-speculate LINK...
#
# LINK...: those that were built
set -uo pipefail
# shellcheck source=test/checks.sh
. "$(dirname "$(realpath "$0")")/checks.sh"

offload=$(realpath "$1")
serve=$(realpath "$2")
speculate=$(realpath "$3")
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

for link in "$@"; do
  for run in 1 2; do
    succeed timeout 120 "$offload" --link="$link" --policy=always-offload --mlus=3 --slots=3 \
      --output="$link-$run"
    grep -q 'meanLatencyS' out || fail "--link=$link: no table: $(head -c 300 out)"
  done
  cmp "$link-1/tasks.csv" "$link-2/tasks.csv" || fail "--link=$link: other bytes"
  # In 3 slots of 3 MLUs nothing is capped or unserved: columns 17 and 18.
  awk -F, 'NR > 1 && ($17 != 0 || $18 != 0 || $12 > 1)' "$link-1/tasks.csv" >late
  [ ! -s late ] || fail "--link=$link: capped, unserved or late: $(head -c 300 late)"
  # The same MLUs draw the same tasks and gains over all links.
  cut -d, -f1-5 "$link-1/tasks.csv" | cmp - <(cut -d, -f1-5 fluid-1/tasks.csv) ||
    fail "--link=$link: other tasks or gains than over the fluid link"

  if [ "$link" = packets ]; then
    awk -F, 'NR > 1 { for (i = 4; i <= NF; ++i) $3 -= $i; if ($3 != 0) print }' \
      packets-1/packets.csv >unbalanced
    [ ! -s unbalanced ] || fail "packets.csv does not add up: $(head -c 300 unbalanced)"
    [ "$(wc -l <packets-1/packets.csv)" -eq 3 ] || fail "packets.csv: expected 3 lines"
  fi

  succeed timeout 120 "$serve" --link="$link" --policy=server --mlus=3 --rate=2 --durationS=3 \
    --output="serve-$link"
  grep -q ' 0 lost' out || fail "mec-serve --link=$link: $(head -c 300 out)"
  # The same questions are asked over all links: lengths of prompts and answers.
  [ "$(wc -l <"serve-$link/requests.csv")" -eq "$(wc -l <serve-fluid/requests.csv)" ] ||
    fail "mec-serve --link=$link: other questions"

  succeed timeout 120 "$speculate" --link="$link" --devices=2 --servers=1 --tokens=20 --answers=1 \
    --baselines=0
  grep -q '^2 of 2 answers complete' out || fail "mec-speculate --link=$link: $(head -c 300 out)"

  if [ "$link" != fluid ] && [ "$link" != packets ]; then
    refuse "--interference=Active: expected none with --link=$link" \
      timeout 60 "$offload" --link="$link" --interference=Active
    refuse "--ns3::llmmec::MecNetworkLink::BandwidthHz: expected none, use --bandwidthHz instead" \
      timeout 60 "$offload" --link="$link" --ns3::llmmec::MecNetworkLink::BandwidthHz=1e6
    # Beacons and subframes do not keep a run going, whenever its work begins.
    succeed timeout 120 "$serve" --link="$link" --policy=server --mlus=1 --rate=1 --durationS=2 \
      --ns3::llmmec::MecNetworkLink::ReadyTime=0s
    refuse "which was not there when llm-mec was built" \
      env LLM_MEC_NETWORKS=/nowhere timeout 60 "$offload" --link="$link"
  fi
  if [ "$link" != fluid ]; then
    refuse "--downlinkS: expected none with --link=$link" \
      timeout 60 "$speculate" --link="$link" --downlinkS=1
  fi
  case $link in
  wifi)
    refuse "ChannelWidthMhz is 33, expected 20, 40, 80 or 160" timeout 60 "$offload" \
      --link=wifi --ns3::llmmec::MecWifiLink::ChannelWidthMhz=33
    refuse "StationManager is ns3::AarfWifiManager, expected one that knows 802.11ax" \
      timeout 60 "$offload" --link=wifi \
      --ns3::llmmec::MecWifiLink::StationManager=ns3::AarfWifiManager
    refuse "--ns3::WifiPhy::TxPowerStart: expected none, since the cell gives it another value" \
      timeout 60 "$offload" --link=wifi --ns3::WifiPhy::TxPowerStart=3
    ;;
  lte)
    refuse "ResourceBlocks is 33, expected 6, 15, 25, 50, 75 or 100" timeout 60 "$offload" \
      --link=lte --ns3::llmmec::MecLteLink::ResourceBlocks=33
    refuse "a second base station, expected one cell" timeout 60 "$offload" --link=lte --cells=2
    refuse "161 MLUs, expected at most 160" timeout 60 "$offload" --link=lte --mlus=161
    ;;
  csma)
    refuse "DataRate is 0 bit/s, expected more" \
      timeout 60 "$offload" --link=csma --ns3::llmmec::MecCsmaLink::DataRate=0
    for factory in Node Ipv4RawSocketFactory; do
      refuse "is ns3::$factory, expected a factory of datagrams or connections" timeout 60 "$offload" \
        --link=csma "--ns3::llmmec::OffloadSocketApplication::Protocol=ns3::$factory"
    done
    refuse "--ns3::llmmec::MecCsmaLink::DataRate: expected none, since no object" \
      timeout 60 "$offload" --link=fluid --ns3::llmmec::MecCsmaLink::DataRate=3Mb/s
    # 1 Mbit and headers from each of 3 MLUs at 3 Mbit/s
    succeed timeout 120 "$offload" --link=csma --policy=always-offload --mlus=3 --slots=1 \
      --ns3::llmmec::MecCsmaLink::DataRate=3Mb/s --output=slow
    awk -F, 'NR > 1 && $10 > 1 { ++late } END { exit late == 0 }' slow/tasks.csv || fail "--link=csma: not slowed down: $(head -c 300 slow/tasks.csv)"
    ;;
  esac
done
refuse "expected one of: fluid, packets, wifi, lte, csma" timeout 60 "$offload" --link=nr
conclude
