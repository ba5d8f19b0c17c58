"""Measures promptlake against itself and against what the machine does anyway.

    series.py PROMPTLAKE WORK WHAT... [--serve SERVE] [--bench-bucket BENCH_BUCKET] [--rounds N]

WHAT is one or more of
  unchanged  `run --all` where nothing changed, beside `find -printf`, over WORK/d
  late       one late object into a partition of 100,000 rows, beside the run that wrote it
  days       1, 2, 4 and 8 days of WORK/b8-N, with one thread and two
  s3         WORK/a from a server on loopback (SERVE: `--example serve` of promptlake-s3-testserver), beside local disk and `s5cmd cat`,
             without latency and with 20 ms
Inputs that are missing are written by BENCH_BUCKET (`--example bench_bucket` of promptlake-datasets). Wall and CPU seconds and peak
memory are those of the child process alone; medians, with their ranges.
"""

import argparse
import gzip
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def child(command, log, environment=None):
    launcher = [sys.executable, "-ES", str(HERE / "launch.py"), str(log), *map(str, command)]
    done = subprocess.run(launcher, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise SystemExit(f"{command} ended with {done.returncode}; see {log}")
    return tuple(float(figure) for figure in done.stdout.split())


def row(name, figures, note=""):
    wall, cpu, peak = zip(*figures)
    middle = statistics.median
    print(
        f"| {name} | {middle(wall):.2f} ({min(wall):.2f}–{max(wall):.2f}) | {middle(cpu):.2f} ({min(cpu):.2f}–{max(cpu):.2f}) "
        f"| {middle(peak) / 1e6:.0f} | {note} |"
    )
    sys.stdout.flush()
    return middle(wall), middle(cpu), middle(peak)


def cpu_seconds(pid):
    """What a process that runs has used."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def head(title):
    print(f"\n## {title}\n\n| | wall s | CPU s | peak MB | |\n|---|---|---|---|---|")


class Series:
    def __init__(self, args):
        args.promptlake = args.promptlake.resolve()
        self.args, self.work, self.lake, self.log = args, args.work, args.work / "lake", args.work / "log"

    def bucket(self, kind, name, scale=1):
        path = self.work / name
        if not path.exists():
            subprocess.run([self.args.bench_bucket, kind, path, str(scale)], check=True)
        return path

    def run(self, source, *flags, environment=None, fresh=True):
        if fresh:
            shutil.rmtree(self.lake, ignore_errors=True)
        command = [self.args.promptlake, "run", "--source", f"bench={source}", "--lake", self.lake, "--all", *flags]
        return child(command, self.log, environment)

    def unchanged(self):
        source = self.bucket("d", "d")
        self.run(source)
        runs, finds = [], []
        for _ in range(self.args.rounds):
            finds.append(child(["find", source, "-printf", "%s %T@ %p\n"], self.log))
            runs.append(self.run(source, fresh=False))
        head("Nothing changed: `run --all` over (d)")
        find, _, _ = row("`find -printf '%s %T@ %p\\n'`", finds)
        ours = statistics.median(wall for wall, _, _ in runs)
        row("promptlake", runs, f"{ours / find:.2f} × find")

    def late(self):
        """100,000 rows of one day, then one object more."""
        source = self.work / "late"
        shutil.rmtree(source, ignore_errors=True)
        subprocess.run([self.args.bench_bucket, "b", source, str(50 / 120)], check=True)
        some = sorted(source.rglob("*.gz"))[len(list(source.rglob("*.gz"))) // 2]
        late = some.with_name(some.name.replace("00_", "05_", 1))
        firsts, lates = [], []
        for _ in range(self.args.rounds):
            late.unlink(missing_ok=True)
            firsts.append(self.run(source))
            text = gzip.decompress(some.read_bytes())
            # One record of another id.
            end = text.index(b"}}", text.index(b'"requestId":"')) + 2
            late.write_bytes(gzip.compress((text[:end] + b"]}").replace(b'"requestId":"', b'"requestId":"late-')))
            lates.append(self.run(source, fresh=False))
        head("One late object into a partition of 100,000 rows")
        first, _, _ = row("the first run", firsts)
        ours = statistics.median(wall for wall, _, _ in lates)
        row("the run with the late object", lates, f"{ours / first:.2f} × the first")

    def days(self):
        head("Days of (b), a quarter of its objects a day")
        for threads in (1, 2):
            base = None
            for days in (1, 2, 4, 8):
                whole = self.bucket("b8", "b8", 0.25)
                part = self.work / f"b8-{days}"
                if not part.exists():
                    for day in sorted(whole.glob("AWSLogs/*/KiroLogs/*/*/*/*/*"), key=str)[:days]:
                        shutil.copytree(day, part / day.relative_to(whole), copy_function=os.link)
                figures = [self.run(part, "--threads", threads) for _ in range(self.args.rounds)]
                peak = statistics.median(peak for _, _, peak in figures)
                base = base or peak
                row(f"{days} days, {threads} threads", figures, f"{peak / base:.2f} × the memory of one")

    def s3(self):
        source = self.bucket("a", "a")
        count = sum(len(files) for _, _, files in os.walk(source))
        head(f"(a), {count:,} objects, from an S3 server on loopback")
        local = [self.run(source) for _ in range(self.args.rounds)]
        local_wall, local_cpu, _ = row("promptlake, local disk", local)
        for latency in (0, 20):
            flags = ["--latency-ms", str(latency)] if latency else []
            server = subprocess.Popen([self.args.serve, *flags, f"bench={source}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            environment = dict(server.stdout.readline().strip().removeprefix("export ").replace("'", "").split("=", 1) for _ in range(4))
            said = f", {latency} ms" if latency else ""
            cats = []
            if not latency:
                command = [self.args.s5cmd, "--endpoint-url", environment["AWS_ENDPOINT_URL"], "cat", "s3://bench/*"]
                before = cpu_seconds(server.pid)
                cats = [child(command, "/dev/null", environment) for _ in range(self.args.rounds)]
                served = (cpu_seconds(server.pid) - before) / self.args.rounds
                cat_wall, _, _ = row(f"`s5cmd cat`{said}", cats, f"the server {served:.2f} s of CPU")
            for concurrency in ([] if not latency else ["256"]) + [None]:
                more = ["--concurrency", concurrency] if concurrency else []
                before = cpu_seconds(server.pid)
                figures = [self.run("s3://bench", *more, environment=environment) for _ in range(self.args.rounds)]
                served = (cpu_seconds(server.pid) - before) / self.args.rounds
                wall = statistics.median(wall for wall, _, _ in figures)
                cpu = statistics.median(cpu for _, cpu, _ in figures)
                note = f"{wall / local_wall:.2f} × local; {(cpu - local_cpu) / count * 1e6:.0f} µs of CPU a GET; the server {served:.2f} s of CPU"
                if cats:
                    note += f"; {wall / cat_wall:.2f} × s5cmd"
                row(f"promptlake{said}{', --concurrency ' + concurrency if concurrency else ''}", figures, note)
            server.stdin.close()
            print("\nrequests of all these runs: " + ", ".join(line.strip() for line in server.stdout.readlines()) + "\n")
            server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("promptlake", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("what", nargs="+", choices=["unchanged", "late", "days", "s3"])
    parser.add_argument("--serve", type=pathlib.Path)
    parser.add_argument("--bench-bucket", type=pathlib.Path)
    parser.add_argument("--s5cmd", default="s5cmd")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    series = Series(args)
    for what in args.what:
        getattr(series, what)()


if __name__ == "__main__":
    main()
