"""What the tuned scripts share: two threads that inflate with libdeflate and hand on groups of about 2 MB."""

import pathlib
import threading

import deflate

GROUP_BYTES = 2 << 20
TABLES = {"logs": {"GenerateAssistantResponse": "chat", "GenerateCompletions": "inline_completion"}, "reports": {"user_report": "user_activity"}}
REPORT_COLUMNS = [
    "Date", "UserId", "Client_Type", "Chat_Conversations", "Credits_Used", "Overage_Cap", "Overage_Credits_Used", "Overage_Enabled",
    "ProfileId", "Subscription_Tier", "Total_Messages", "New_User", "User_Email", "Usage_Limit",
]  # fmt: skip


def tables(case):
    """The folders to be made."""
    return ["user_activity", "model_usage"] if case == "reports" else ["chat", "inline_completion"]


def run(case, source, handle):
    """Calls handle(table, number of the group, keys, bodies), in two threads."""
    source = pathlib.Path(source)
    todo = []
    for folder, table in TABLES[case].items():
        group, size = [], 0
        for path in sorted(path for root in source.glob(f"AWSLogs/*/KiroLogs/{folder}") for path in root.rglob("*") if path.is_file()):
            group.append(path)
            size += path.stat().st_size
            if size >= GROUP_BYTES:
                todo.append((table, group))
                group, size = [], 0
        if group:
            todo.append((table, group))
    todo = list(enumerate(todo))[::-1]
    failed = []

    def work():
        try:
            while todo:
                number, (table, group) = todo.pop()
                bodies = [body if path.suffix == ".csv" else deflate.gzip_decompress(body) for path in group for body in [path.read_bytes()]]
                handle(table, number, [str(path.relative_to(source)) for path in group], bodies)
        except IndexError:
            pass
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
