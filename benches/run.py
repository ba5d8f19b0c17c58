"""Measures promptlake beside what a user would pick instead.

    run.py PROMPTLAKE FLOOR WORK CASE... [--rounds N] [--only NAME,NAME]

PROMPTLAKE and FLOOR are release binaries (`cargo build --release`, `… -p promptlake-ingest --example floor`). WORK holds the
buckets: WORK/a, WORK/b, … as `--example bench_bucket -- a WORK/a` writes them; it takes the results too. Each round runs all
competitors once, each round beginning with the next of them; the files are read once before. Wall and CPU seconds and the peak
memory are those of the child process alone, as the kernel tells them when it ends. What each writes is compared: the rows, and an
aggregate of every column.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ["duckdb", "polars", "chdb"]


def child(command, log):
    """Runs it; (wall seconds, CPU seconds, peak bytes)."""
    launcher = [sys.executable, "-ES", str(HERE / "launch.py"), str(log), *map(str, command)]
    done = subprocess.run(launcher, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{command} ended with {done.returncode}; see {log}")
    return tuple(float(figure) for figure in done.stdout.split())


def competitors(args, case):
    """By name: the command, and where it puts its files."""
    source, out = args.work / case, args.work / "out"
    kind = "reports" if case == "c" else "logs"
    ours = [str(args.promptlake), "run", "--source", f"bench={source}", "--lake", str(out), "--all"]
    all_of_them = {"promptlake": ours}
    for league in ("plain", "tuned"):
        for engine in ENGINES:
            script = HERE / "competition" / f"with_{engine}.py"
            all_of_them[f"{engine} {league}"] = [sys.executable, "-B", str(script), league, kind, str(source), str(out)]
    if args.only:
        wanted = set(args.only.split(","))
        all_of_them = {name: command for name, command in all_of_them.items() if name in wanted}
    return all_of_them


def ask(sql):
    return duckdb.execute(sql).fetchall()


def files(out, table):
    root = out / "tables" / table if (out / "tables").is_dir() else out / table
    return sorted(str(path) for path in root.rglob("*.parquet"))


def summary(out, case):
    """What was written: bytes, and by table the rows and an aggregate of every column that all of them write."""
    size, tables = 0, {}
    for table in ["user_activity", "model_usage"] if case == "c" else ["chat", "inline_completion"]:
        paths = files(out, table)
        if not paths:
            continue
        size += sum(os.path.getsize(path) for path in paths)
        columns = ask(f"DESCRIBE SELECT * FROM read_parquet({paths})")
        kinds = {name: kind for name, kind, *_ in columns}
        values = {}
        for name in COLUMNS[table]:
            kind = kinds[name]
            if kind == "VARCHAR":
                what = f'sum(strlen("{name}")), bit_xor(hash("{name}"))'
            elif kind.endswith("[]"):
                what = f'sum(len("{name}")), sum(len(array_to_string("{name}", \'\')))'
            elif kind.startswith("TIMESTAMP"):
                what = f'sum(CAST(epoch_ms(CAST("{name}" AS TIMESTAMP)) AS HUGEINT)), min(CAST("{name}" AS TIMESTAMP))'
            elif kind == "DATE":
                what = f'min("{name}"), max("{name}")'
            elif kind == "BOOLEAN":
                what = f'count_if("{name}"), 0'
            elif kind == "DOUBLE":
                what = f'round(sum("{name}"), 3), 0'
            else:
                what = f'sum(CAST("{name}" AS HUGEINT)), 0'
            values[name] = ask(f'SELECT count("{name}"), {what} FROM read_parquet({paths})')[0]
        rows = ask(f"SELECT count(*) FROM read_parquet({paths})")[0][0]
        tables[table] = (rows, values)
    return size, tables


COMMON = "request_id user_id user_id_raw identity_store_id event_ts event_ts_nanos event_date"
LINEAGE = "account_id region source source_object record_index"
COLUMNS = {
    "chat": f"{COMMON} chat_trigger_type customization_arn model_id model prompt prompt_chars assistant_response response_chars "
    f"followup_prompts conversation_id utterance_id code_reference_count web_link_count is_tool_turn {LINEAGE}".split(),
    "inline_completion": f"{COMMON} file_name file_extension customization_arn left_context left_context_chars right_context "
    f"right_context_chars completions completion_count completion_chars {LINEAGE}".split(),
    "user_activity": "event_date user_id user_id_raw client_type chat_conversations credits_used overage_cap overage_credits_used "
    "overage_enabled profile_id subscription_tier subscription_tier_raw total_messages new_user user_email usage_limit report_ts "
    f"{LINEAGE}".split(),
    "model_usage": f"event_date user_id client_type model model_raw messages report_ts {LINEAGE}".split(),
}


def differences(ours, theirs):
    for table, (rows, values) in ours.items():
        other_rows, other_values = theirs.get(table, (0, {}))
        if rows != other_rows:
            yield f"{table}: {other_rows} rows instead of {rows}"
        for name, value in values.items():
            if name in other_values and [str(v) for v in other_values[name]] != [str(v) for v in value]:
                yield f"{table}.{name}: {other_values[name]} instead of {value}"


def measure(args, case):
    commands = competitors(args, case)
    names = list(commands)
    for root, _, found in os.walk(args.work / case):
        for name in found:
            with open(os.path.join(root, name), "rb") as file:
                file.read()
    figures = {name: [] for name in names}
    sizes, ours = {}, None
    out = args.work / "out"
    for number in range(args.rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            shutil.rmtree(out, ignore_errors=True)
            figures[name].append(child(commands[name], args.work / "log"))
            if name not in sizes:
                sizes[name], tables = summary(out, case)
                if name == "promptlake":
                    ours = tables
                elif ours:
                    for difference in differences(ours, tables):
                        print(f"{name} differs: {difference}")
    shutil.rmtree(out, ignore_errors=True)
    base = figures.get("promptlake")
    print(f"\n## ({case}), {args.rounds} rounds\n")
    print("| | wall s, median (range) | CPU s, median (range) | × our wall | × our CPU | peak MB | written MB |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        wall, cpu, peak = zip(*figures[name])
        ratio = cpu_ratio = ""
        if base and name != "promptlake":
            ratio = f"{statistics.median(wall) / statistics.median(w for w, _, _ in base):.2f}"
            cpu_ratio = f"{statistics.median(cpu) / statistics.median(c for _, c, _ in base):.2f}"
        print(
            f"| {name} | {statistics.median(wall):.2f} ({min(wall):.2f}–{max(wall):.2f}) | {statistics.median(cpu):.2f} "
            f"({min(cpu):.2f}–{max(cpu):.2f}) | {ratio} | {cpu_ratio} | {statistics.median(peak) / 1e6:.0f} | {sizes[name] / 1e6:.1f} |"
        )
    if args.floor:
        done = [subprocess.run([args.floor, args.work / case], capture_output=True, text=True, check=True) for _ in range(3)]
        print("\nfloor, three times:\n")
        for run in done:
            print("- " + run.stdout.splitlines()[0])
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("promptlake", type=pathlib.Path)
    parser.add_argument("floor", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("cases", nargs="+", choices=["a", "a2", "b", "b8", "c"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    for case in args.cases:
        measure(args, case)


if __name__ == "__main__":
    main()
