#!/bin/sh
# A session on the cluster whose Argo Server ARGO_SERVER names, as a person types it; docs/session.md shows what it prints.
# The settings of the cluster (store, image) stand in a profile: DAGWRIGHT_PROFILE, of a pyproject.toml or dagwright.toml above the folder given.
#
#     sh examples/session.sh [FOLDER WITH A COPY OF THE EXAMPLES]
set -u
cd "${1:-$(dirname "$0")}" || exit

try() {
    printf '$ %s\n' "$1"
    eval "$1"
    status=$?
    [ "$status" -eq "${2:-0}" ] || { echo "session.sh: ended with $status" >&2; exit 1; }
    echo
}

try "dagwright check read_qc.py sensor_calibration.py"
try "dagwright submit read_qc.py --help"
try "dagwright submit --watch read_qc.py --reads data/read.fastq --min-quality 25" 2
try "dagwright submit --watch read_qc.py --reads data/reads.fastq --min-quality high" 2
try "dagwright submit --watch read_qc.py --reads data/reads.fastq --min-quality 25"
try "dagwright submit --watch read_qc.py --reads data/reads.fastq --min-quality 25"
try "dagwright runs read-quality"

try 'run=$(dagwright submit --name-only sensor_calibration.py --readings "[20.4, -999, -999, 19.8]")'
try 'dagwright status --watch $run' 1
try 'dagwright outputs $run' 1
try "dagwright logs \$run 'calibrate[1]'"
try "dagwright run --only 'calibrate[1]' --from \$run sensor_calibration.py" 1

try "dagwright compile portfolio_risk.py:risk_report -o risk.yaml"
try 'run=$(dagwright submit --name-only risk.yaml --paths 2000)'
try 'dagwright stop $run'
try 'dagwright status --wait $run' 1
try 'dagwright retry --wait $run'
try 'dagwright outputs $run'
try "dagwright gc --dry-run"
