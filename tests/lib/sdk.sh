# shellcheck shell=sh disable=SC2154 # tap.sh sets the rest
# sdk: the official SDKs on the packs. After tap.sh and session.sh:
#
#     . "$(dirname "$0")/../lib/sdk.sh"
#     sdk_npm_run openai openai        # a pack, a table of tests/clients/sdk
#
# The packages are installed once, in the build tree, as the lock file has them;
# where they cannot be, the test is skipped with the reason. What was covered is
# in $sdk_coverage, a file for each table.
sdk_tables=$top/tests/clients/sdk
sdk_folder=$build/tests/clients/sdk/npm
sdk_coverage=$build/tests/clients/sdk/coverage

# Why there are no packages, or nothing.
sdk_npm_install()
{
    has node || { echo "node is not installed"; return; }
    node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' ||
        { echo "node $(node --version) is older than the SDKs want: 20"; return; }
    has npm || { echo "npm is not installed"; return; }
    mkdir -p "$sdk_folder"
    (
        flock 9
        cmp -s "$sdk_tables/package-lock.json" "$sdk_folder/installed" && exit
        rm -f "$sdk_folder/installed"
        cp "$sdk_tables/package.json" "$sdk_tables/package-lock.json" \
            "$sdk_folder/"
        cd "$sdk_folder" || exit
        timeout 300 npm ci --ignore-scripts --no-audit --no-fund \
            --no-update-notifier --fetch-retries=1 --fetch-timeout=30000 \
            >"$sdk_folder/npm.log" 2>&1 </dev/null || {
            # What is there, but is not what was locked, is no excuse.
            grep -Eq 'EINTEGRITY|EUSAGE' "$sdk_folder/npm.log" &&
                printf 'BROKEN: '
            echo "npm could not install the SDKs: $(
                grep -E 'npm (ERR!|error)' "$sdk_folder/npm.log" | head -n 1)"
            exit
        }
        cp "$sdk_tables/package-lock.json" "$sdk_folder/installed"
    ) 9>"$sdk_folder/lock"
}

# TAP without numbers from a file, as results of this test.
sdk_results()
{
    while IFS= read -r sdk_line; do
        case $sdk_line in
        "ok - "*) tap_result 0 "${sdk_line#ok - }" ;;
        "not ok - "*) tap_result 1 "${sdk_line#not ok - }" ;;
        *) printf '%s\n' "$sdk_line" ;;
        esac
    done <"$1"
}

# sdk_run PACK TABLE PROGRAM ARGUMENT...: the program writes the coverage file
# that is its last argument. Its speed is a hundredfold: what a test needs to
# see one by one it sees with the clock held.
sdk_run()
{
    sdk_pack=$1
    sdk_file=$sdk_coverage/$2.json
    shift 2
    mkdir -p "$sdk_coverage"
    rm -f "$sdk_file"
    # Some ask for what the API has not, which a run would end with 89 for.
    timeout 900 "$offwire" run --keep "$kept" --rules "$sdk_pack" \
        --speed 100 --no-fail -- "$@" "$sdk_file" >"$work/tap" 2>"$work/err" </dev/null
    sdk_status=$?
    sdk_results "$work/tap"
    is "$sdk_pack: the run went to its end" "$sdk_status" 0
    [ $sdk_status = 0 ] || note <"$work/err"
    # The session's list of calls, which each check looks at, is that of the
    # journal: else none of this was under the shim.
    for sdk_rule in $(sed -n '/"answered"/,/]/s/.*"\([^": ]*\)",*$/\1/p' \
        "$sdk_file" 2>/dev/null | head -n 1); do
        was_there "$sdk_pack's SDK" "\"rule\":\"$sdk_rule\""
    done
}

sdk_npm_run()
{
    sdk_reason=$(sdk_npm_install)
    case $sdk_reason in
    BROKEN:*) is "the SDKs are installed" "$sdk_reason" ""; done_testing ;;
    ?*) skip_all "$sdk_reason" ;;
    esac
    # Modules are looked for beside the file that asks for them.
    cp "$sdk_tables"/*.mjs "$sdk_folder/"
    sdk_run "$1" "$2" node "$sdk_folder/run.mjs" "$2"
}
