"""The expectation itself, on cases made by hand. `python3 -m unittest test_expected` in this folder."""

import base64
import gzip
import hashlib
import json
import os
import tempfile
import unittest

import bucket
import cell
import csv_text
import json_text
from expected import expected
from tables import LEGACY_METRICS

LOGS = "p/AWSLogs/111122223333/KiroLogs/GenerateAssistantResponse/us-east-1/2026/07/27/23/"
REPORTS = "p/AWSLogs/111122223333/KiroLogs/user_report/us-east-1/2026/07/27/00/"
STABLE = (
    "Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Overage_Cap,Overage_Credits_Used,Overage_Enabled,"
    "ProfileId,Subscription_Tier,Total_Messages"
)


def log(n):
    return f"{LOGS}111122223333_GenerateAssistantResponse_202607272303_{n:016d}.json.gz"


def report(time="202607270000", client="KIRO_IDE", part=""):
    return f"{REPORTS}{client}_111122223333_user_report_{time}{part}.csv"


def inline(n):
    return log(n).replace("GenerateAssistantResponse", "GenerateCompletions")


def dev(n):
    return log(n).replace("GenerateAssistantResponse", "StartTaskAssistCodeGeneration")


def legacy(end="202607270000_report"):
    return f"{REPORTS.replace('user_report', 'by_user_analytic')}111122223333_by_user_analytic_{end}.csv"


def record(request_id="r1", prompt="p", more="", time="2026-07-27T23:03:29.027400929Z", answer="a"):
    return (
        '{"generateAssistantResponseEventRequest":{"prompt":"%s","userId":"d-0a1b2c3d4e.u1","timeStamp":"%s"%s},'
        '"generateAssistantResponseEventResponse":{"assistantResponse":"%s","requestId":"%s"}}'
    ) % (prompt, time, more, answer, request_id)


def records(*of):
    return '{"records":[%s]}' % ",".join(of)


class Case(unittest.TestCase):
    def run_on(self, files, **options):
        with tempfile.TemporaryDirectory() as root:
            for key, content in files.items():
                path = os.path.join(root, key)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content.encode() if isinstance(content, str) else content)
            return expected([("kiro", root)], **options)

    def chat(self, text, **options):
        return self.run_on({log(1): text}, **options)

    def report(self, text, key=None):
        return self.run_on({key or report(): text})

    def reasons(self, lake):
        return [(r["record_index"], r["reason"], r["raw"]) for r in lake["rejects"]]


class Json(unittest.TestCase):
    def test_a_value_is_given_back_as_it_was(self):
        text = '{"b":[1.50,-0,1e400,true,null,{}],"a":"é\\n\\u0001/"}'
        self.assertEqual(json_text.compact(json_text.whole(text)), text)

    def test_escapes_become_the_shortest(self):
        value = json_text.whole('"\\u00e9\\/\\u000a\\ud83d\\ude42\\u001F"')
        self.assertEqual(json_text.compact(value), '"é/\\n🙂\\u001f"')

    def test_what_is_no_json(self):
        for text in ("", "[1,]", "{1:2}", "01", "+1", "1.", "tru", '"a', '"\n"', "[1 2]", '{"a" 1}', "'a'", '"\\x"', "NaN"):
            with self.assertRaises(json_text.Broken, msg=text):
                value = json_text.read_value(text.encode(), 0)
                if json_text.skip_space(text.encode(), value.end) < len(text):
                    raise json_text.Broken(value.end, False)

    def test_problems_of_a_record(self):
        for data, problem in (
            (b'{"a":1,"a":2}', "repeated_key"),
            (b'{"a":{"b":1},"b":{"b":1}}', None),
            (b'"\\ud83d"', "lone_surrogate"),
            (b'"\\ude42\\ud83d"', "lone_surrogate"),
            (b'"\xff"', "not_utf8"),
            (b"[" * 128 + b"]" * 128, None),
            (b"[" * 129 + b"]" * 129, "too_deep"),
            (b"[" * 10_000 + b"]" * 10_000, "too_deep"),
        ):
            self.assertEqual(json_text.read_value(data, 0).problem, problem, data[:40])


class Cell(unittest.TestCase):
    def test_times(self):
        for text, nanos in (
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01 00:00:01.5", 1_500_000_000),
            ("1970-01-01T02:00:00.000000001+02:00", 1),
            ("1969-12-31T23:00:00-0100", 0),
            (" ", None),
        ):
            self.assertEqual(cell.instant(text), nanos, text)
        for text in ("1970-01-01", "1970-01-01T24:00:00Z", "1970-02-30T00:00:00Z", "1970-01-01T00:00:00.0000000001Z", "0", "１970-01-01T00:00:00Z"):
            with self.assertRaises(cell.Reject, msg=text):
                cell.instant(text)

    def test_users(self):
        for raw, want in (
            ("d-0a1b2c3d4e.u-1", ("u-1", "d-0a1b2c3d4e")),
            (' "d-123.a.b" ', ("a.b", "d-123")),
            ("abc.def", ("abc.def", None)),
            ("d-123", ("d-123", None)),
            ("d-123.", ("d-123.", None)),
        ):
            self.assertEqual(cell.user(raw), want, raw)

    def test_numbers(self):
        self.assertEqual(cell.count("12.00"), 12)
        self.assertEqual(cell.count(str((1 << 63) - 1)), (1 << 63) - 1)
        for text in ("-1", "12.5", "inf", "1e3", str(1 << 63), "١"):
            with self.assertRaises(cell.Reject, msg=text):
                cell.count(text)
        for text in ("inf", "1e400", "NaN", "1_0", "0x1"):
            with self.assertRaises(cell.Reject, msg=text):
                cell.double(text)
        self.assertEqual(str(cell.day("07/27/2026")), "2026-07-27")
        with self.assertRaises(cell.Reject):
            cell.day("13-45-2026")


class Keys(unittest.TestCase):
    def name(self, key):
        return bucket.classify("kiro", "/data/x", key)

    def test_the_last_awslogs_counts(self):
        obj = self.name("AWSLogs/AWSLogs/111122223333/QDeveloperLogs/GenerateAssistantResponse/US-East-1/2025/12/01/x.json")
        self.assertEqual(obj.source_object, "AWSLogs/111122223333/QDeveloperLogs/GenerateAssistantResponse/US-East-1/2025/12/01/x.json")
        self.assertEqual((obj.source, obj.region, str(obj.day)), ("qdeveloper", "us-east-1", "2025-12-01"))

    def test_parts_clients_and_times_of_reports(self):
        obj = self.name(report("202607270415", "KIRO_WEB", "_part_2"))
        self.assertEqual((obj.client, obj.report_ts), ("KIRO_WEB", 1_785_125_700_000))

    def test_flat_files(self):
        obj = self.name("down/111122223333_GenerateAssistantResponse_202607272303_0123456789abcdef.json.gz")
        self.assertEqual((obj.account_id, obj.region, obj.source, str(obj.day)), ("111122223333", None, None, "2026-07-27"))
        self.assertTrue(obj.source_object.startswith("kiro/down/"))
        self.assertFalse(self.name("down/any.json").dated)

    def test_every_dataset_in_both_trees_and_flat(self):
        for key, dataset in ((log(1), "chat"), (inline(1), "inline_completion"), (dev(1), "dev_task"), (legacy(), "by_user_analytic")):
            for tree, source in (("KiroLogs", "kiro"), ("QDeveloperLogs", "qdeveloper")):
                obj = self.name(key.replace("KiroLogs", tree).replace("us-east-1", "US-EAST-1"))
                self.assertEqual((obj.dataset, obj.source, obj.region, str(obj.day)), (dataset, source, "us-east-1", "2026-07-27"))
            obj = self.name("mirror/" + key.split("/")[-1])
            self.assertEqual((obj.dataset, obj.source, obj.account_id, str(obj.day)), (dataset, None, "111122223333", "2026-07-27"))

    def test_names_of_legacy_reports(self):
        for end, time in (
            ("202607270000_report", 1_785_110_400_000),
            ("202607270000", 1_785_110_400_000),
            ("202607270000_report_part_2", 1_785_110_400_000),
            ("202607270000_part_2_report", 1_785_110_400_000),
            ("part_2_202607270000_report", 1_785_110_400_000),
            ("202607270000_report_q7Zx", 1_785_110_400_000),
            ("q7Zx", None),
        ):
            obj = self.name(legacy(end))
            self.assertEqual((obj.dataset, obj.report_ts, str(obj.day)), ("by_user_analytic", time, "2026-07-27"), end)
        self.assertFalse(self.name("111122223333_by_user_analytic_q7Zx.csv").dated)
        self.assertEqual(self.name("111122223333_user_report.csv").dataset, "user_report")

    def test_strays_and_strangers(self):
        for key in (
            "p/AWSLogs/111122223333/KiroLogs/0f1e2d3c-0000-1111-2222-333344445555",
            LOGS.replace("GenerateAssistantResponse", "SomethingNew") + "x.json.gz",
            LOGS.replace("/07/27/", "/02/30/") + "x.json.gz",
            LOGS + "x.txt",
            "readme.txt",
        ):
            self.assertIsNone(self.name(key), key)


class Gzip(Case):
    def test_members_zeros_and_what_follows(self):
        two = gzip.compress(b"[" + record("a").encode()) + gzip.compress(b"]")
        self.assertEqual(len(self.chat(two + b"\0\0")["chat"]), 1)
        lake = self.chat(two + b"\0x")
        self.assertEqual((len(lake["chat"]), self.reasons(lake)), (1, [(1, "trailing_bytes", "")]))

    def test_a_cut_keeps_what_was_before_it(self):
        noise = hashlib.sha256(b"noise").hexdigest() * 40
        whole = gzip.compress(records(record("a"), record("b", prompt=noise)).encode())
        lake = self.chat(whole[:-40])
        self.assertEqual([r["request_id"] for r in lake["chat"]], ["a"])
        self.assertEqual([r[:2] for r in self.reasons(lake)], [(1, "gzip_truncated")])
        self.assertTrue(lake["rejects"][0]["raw"].startswith('{"generateAssistant'))
        self.assertEqual(lake["rejects"][0]["byte_offset"], len('{"records":[' + record("a") + ","))

    def test_a_bad_crc_is_one_reject_though_nothing_follows(self):
        whole = bytearray(gzip.compress(records(record("a")).encode()))
        whole[-8] ^= 1
        lake = self.chat(bytes(whole))
        self.assertEqual((len(lake["chat"]), self.reasons(lake)), (1, [(1, "gzip_corrupt", "")]))

    def test_the_limit_counts_inflated_bytes(self):
        text = records(record("a"), record("b"))
        lake = self.chat(gzip.compress(text.encode()), limit=len(text) - 10)
        self.assertEqual([r[:2] for r in self.reasons(lake)], [(1, "too_large")])


class Chat(Case):
    def test_a_record(self):
        more = ',"modelId":"Claude-Opus-4.6","chatTriggerType":"MANUAL","customizationArn":null'
        row = self.chat(records(record(more=more)))["chat"][0]
        want = {
            "dt": "2026-07-27",
            "event_date": "2026-07-27",
            "event_ts": 1_785_193_409_027,
            "event_ts_nanos": 1_785_193_409_027_400_929,
            "user_id": "u1",
            "user_id_raw": "d-0a1b2c3d4e.u1",
            "identity_store_id": "d-0a1b2c3d4e",
            "model_id": "Claude-Opus-4.6",
            "model": "claude_opus_4.6",
            "customization_arn": None,
            "prompt_chars": 1,
            "web_links": None,
            "web_link_count": None,
            "is_tool_turn": False,
            "is_router_turn": False,
            "extra_json": None,
            "record_index": 0,
            "variant": 0,
            "source": "kiro",
        }
        self.assertEqual({name: row[name] for name in want}, want)

    def test_shapes_of_an_object(self):
        for text, count in (
            ('{"records":[]}', 0),
            ('{"records":null}', 0),
            ("", 0),
            (f"[{record('a')},{record('b')}]", 2),
            (record("a"), 1),
            (record("a") + "\n" + records(record("b")) + f"[{record('c')}]", 3),
            ('{"v":1,"records":[%s],"w":2}' % record("a"), 1),
        ):
            lake = self.chat(text)
            self.assertEqual((len(lake["chat"]), lake["rejects"]), (count, []), text)
            self.assertEqual([r["record_index"] for r in lake["chat"]], list(range(count)))

    def test_records_rejected_alone(self):
        for bad, reason in (
            ("{}", "not_a_record"),
            ("7", "not_a_record"),
            ("null", "not_a_record"),
            (record(more=',"modelId":7'), "wrong_type"),
            (record(more=',"x":1,"x":2'), "repeated_key"),
            (record(prompt="\\ud800"), "lone_surrogate"),
            (record(more=',"x":' + "[" * 200 + "]" * 200), "too_deep"),
            (record(time="yesterday"), "bad_time"),
            (record(time="2026-07-30T00:00:00Z"), "time_out_of_range"),
            (record(time="2018-12-31T23:59:59Z"), "time_out_of_range"),
        ):
            lake = self.chat(records(record("a"), bad, record("b")))
            self.assertEqual([r["request_id"] for r in lake["chat"]], ["a", "b"], bad[:50])
            self.assertEqual(self.reasons(lake), [(1, reason, bad)])

    def test_a_byte_that_is_not_utf8_rejects_its_record(self):
        bad = record(prompt="#").encode().replace(b"#", b"\xff")
        lake = self.chat(b"[" + record("a").encode() + b",\n" + bad + b"]")
        reject = lake["rejects"][0]
        self.assertEqual(self.reasons(lake), [(1, "not_utf8", bad.decode("utf-8", "replace"))])
        self.assertEqual((reject["line"], reject["raw_bytes"]), (2, len(bad)))
        self.assertEqual(reject["raw_sha256"], hashlib.sha256(bad).hexdigest())

    def test_after_a_syntax_error_the_rest_is_one_reject(self):
        third = record("c").replace('"prompt":', '"prompt"')
        text = records(record("a"), record("b"), third, record("d"), record("e"))
        lake = self.chat(text)
        self.assertEqual([r["request_id"] for r in lake["chat"]], ["a", "b"])
        self.assertEqual(self.reasons(lake), [(2, "syntax", text[text.index(third) :])])
        self.assertEqual(self.reasons(self.chat("some text"))[0], (0, "syntax", "some text"))

    def test_null_absent_and_empty(self):
        lake = self.chat(records(record("a", prompt="", answer="")))
        row = lake["chat"][0]
        self.assertEqual((row["prompt"], row["prompt_chars"], row["is_tool_turn"]), ("", 0, True))
        half = '{"generateAssistantResponseEventResponse":{"requestId":null,"followupPrompts":["x", 1.0]}}'
        row = self.chat(half)["chat"][0]
        self.assertEqual((row["prompt"], row["is_tool_turn"], row["request_id"]), (None, None, None))
        self.assertEqual((row["dt"], row["event_ts"]), ("2026-07-27", None))
        self.assertEqual(row["followup_prompts"], '["x",1.0]')

    def test_router_turns(self):
        inner = '{\\"chat\\":0.1, \\"do\\":0,\\"spec\\":1e0}'
        for answer, want in (
            (inner, True),
            ("```json\\n" + inner + "\\n```\\n", True),
            ("```\\n" + inner + "```", True),
            (inner.replace("0.1", "true"), False),
            (inner[:-1] + ',\\"x\\":1}', False),
            ("well: " + inner, False),
        ):
            self.assertEqual(self.chat(record(answer=answer))["chat"][0]["is_router_turn"], want, answer)

    def test_extra_json_holds_what_is_unknown(self):
        links = '[{"uri":"u","rank":1.0},{"uri":"v"}]'
        text = record("a", more=',"x": null, "y":{"z": [1, 2]}')
        text = text.replace('"requestId"', '"supplementaryWebLinksEvent":%s,"messageMetadata":{"m":1},"requestId"' % links)
        row = self.chat(text[:-1] + ',"top":1}')["chat"][0]
        self.assertEqual(
            row["extra_json"],
            '{"generateAssistantResponseEventRequest":{"x":null,"y":{"z":[1,2]}},'
            '"generateAssistantResponseEventResponse":{"supplementaryWebLinksEvent":%s,"messageMetadata":{"m":1}},"top":1}' % links,
        )
        self.assertEqual(row["web_links"], [{"uri": "u", "title": None, "snippet": None}, {"uri": "v", "title": None, "snippet": None}])

    def test_twins_across_trees_and_variants(self):
        other = log(2).replace("KiroLogs", "QDeveloperLogs")
        lake = self.run_on(
            {
                log(1): records(record("a"), record("b"), record("n").replace('"n"', "null")),
                other: records(record("a", more=',"modelId":null'), record("b", answer="else"), record("n").replace('"n"', "null")),
            }
        )
        rows = [(r["request_id"], r["source"], r["variant"]) for r in lake["chat"]]
        self.assertEqual(
            rows, [("a", "kiro", 0), ("b", "kiro", 0), (None, "kiro", 0), ("b", "qdeveloper", 1), (None, "qdeveloper", 0)]
        )

    def test_a_dated_twin_stays_before_an_undated_one(self):
        lake = self.run_on({"any.json": record("a"), log(1): record("a")})
        self.assertEqual([r["source"] for r in lake["chat"]], ["kiro"])

    def test_an_undated_record_needs_a_time(self):
        lake = self.run_on({"any.json": record("a", time="")})
        self.assertEqual([(r["reason"], r["dt"], r["dataset"]) for r in lake["rejects"]], [("no_time", "2019-01-01", "chat")])


class Report(Case):
    line = "2026-07-27,d-1.u1,,3,1.25,50,0,false,arn,PRO_PLUS,4"

    def test_a_row_and_its_models(self):
        text = f"\ufeff{STABLE},Claude-Opus_messages,claude_opus_messages,auto_Messages,x_messages,New\r\n{self.line},1,2.0,0,, n \r\n"
        lake = self.report(text)
        row = lake["user_activity"][0]
        self.assertEqual((row["client_type"], row["chat_conversations"], row["credits_used"]), ("KIRO_IDE", 3, 1.25))
        self.assertEqual((row["overage_enabled"], row["new_user"], row["extra_json"]), (False, None, '{"New":" n "}'))
        models = [(r["model"], r["model_raw"], r["messages"]) for r in lake["model_usage"]]
        self.assertEqual(models, [("claude_opus", "Claude-Opus,claude_opus", 3), ("auto", "auto", 0)])

    def test_rows_rejected_alone(self):
        cells = self.line.split(",")
        for place, value, reason in (
            (0, "", "no_date"),
            (0, "13-45-2026", "bad_time"),
            (0, "2026-07-30", "time_out_of_range"),
            (1, " ", "no_user"),
            (3, "-1", "bad_count"),
            (4, "inf", "bad_number"),
            (7, "maybe", "bad_flag"),
            (10, "4,9", "long_row"),
        ):
            bad = ",".join(value if i == place else c for i, c in enumerate(cells))
            lake = self.report(f"{STABLE}\n{self.line}\n\n{bad}\n{self.line.replace('u1', 'u2')}\n")
            self.assertEqual([r["user_id"] for r in lake["user_activity"]], ["u1", "u2"])
            self.assertEqual(self.reasons(lake), [(1, reason, bad)])

    def test_short_and_padded_rows(self):
        lake = self.report(f"{STABLE}\n2026-07-27,u1\n{self.line.replace('u1', 'u2')},, \n")
        self.assertEqual([r["total_messages"] for r in lake["user_activity"]], [None, 4])

    def test_an_open_quote_takes_the_rest(self):
        rest = '2026-07-27,"u2,x\n' + self.line
        lake = self.report(f"{STABLE}\n{self.line}\n{rest}")
        self.assertEqual((len(lake["user_activity"]), self.reasons(lake)), (1, [(1, "open_quote", rest)]))

    def test_headers(self):
        for text, reason in (("", None), (STABLE, None), ("UserId,Credits_Used\nu,1\n", "no_header"), (b"Date,UserId,\xff\n", "no_header")):
            lake = self.report(text)
            self.assertEqual([r["reason"] for r in lake["rejects"]], [reason] if reason else [], text)
            self.assertEqual([r["record_index"] for r in lake["rejects"]], [None] if reason else [])

    def test_a_repeated_header(self):
        header = "date , USERID,total_messages,Total_Messages,Note,note"
        lake = self.report(f"{header}\n2026-07-27,u1,3,3.0,,x\n2026-07-27,u2,3,,y,y\n2026-07-27,u3,3,4,,\n")
        self.assertEqual([(r["total_messages"], r["extra_json"]) for r in lake["user_activity"]], [(3, '{"Note":"x"}'), (3, '{"Note":"y"}')])
        self.assertEqual([r[:2] for r in self.reasons(lake)], [(2, "repeated_column")])

    def test_the_newest_export_is_variant_0_and_equal_rows_are_one(self):
        header = f"{STABLE},auto_messages"
        same = self.line.replace("u1", "u2")
        lake = self.run_on(
            {
                report("202607270000"): f"{header}\n{self.line},1\n{same},1\n",
                report("202607270415"): f"{header}\n{self.line},2\n{same},1\n",
            }
        )
        found = [(r["user_id"], r["source_object"][-8:-4], r["variant"]) for r in lake["user_activity"]]
        self.assertEqual(found, [("u1", "0000", 1), ("u1", "0415", 0), ("u2", "0415", 0)])
        self.assertEqual([(r["user_id"], r["messages"], r["variant"]) for r in lake["model_usage"]], [("u1", 1, 1), ("u1", 2, 0), ("u2", 1, 0)])

    def test_tiers(self):
        for raw, tier in (("ProPlus", "PRO_PLUS"), ("pro-max", "PRO_MAX"), (" Power ", "POWER"), ("team x", "TEAM X")):
            row = self.report(f"{STABLE}\n{self.line.replace('PRO_PLUS', raw)}\n")["user_activity"][0]
            self.assertEqual((row["subscription_tier"], row["subscription_tier_raw"]), (tier, raw))


class Inline(Case):
    def one(self, request="", response="", more=""):
        text = '{"generateCompletionsEventRequest":{"timeStamp":"2026-07-27T09:30:02Z"%s},"generateCompletionsEventResponse":{"requestId":"r1"%s}%s}'
        return self.run_on({inline(1): records(text % (request, response, more))})

    def test_a_record(self):
        lake = self.one(',"leftContext":"é\\n","rightContext":"","fileName":"src/A.Test.TSX","userId":"d-1.u1"', ',"completions":["ab","🙂"]')
        row = lake["inline_completion"][0]
        want = {
            "request_id": "r1",
            "user_id": "u1",
            "identity_store_id": "d-1",
            "event_ts": 1_785_144_602_000,
            "dt": "2026-07-27",
            "file_name": "src/A.Test.TSX",
            "file_extension": "tsx",
            "customization_arn": None,
            "left_context": "é\n",
            "left_context_chars": 2,
            "right_context": "",
            "right_context_chars": 0,
            "completions": ["ab", "🙂"],
            "completion_count": 2,
            "completion_chars": 3,
            "extra_json": None,
            "variant": 0,
        }
        self.assertEqual({name: row[name] for name in want}, want)

    def test_completions(self):
        for text, want in (
            ("[]", ([], 0, 0)),
            ("null", (None, None, None)),
            ('[{"content":"abc"},"d"]', (["abc", "d"], 2, 4)),
            ('[null,{"content":null},""]', ([None, None, ""], 3, 0)),
        ):
            row = self.one(response=f',"completions":{text}')["inline_completion"][0]
            self.assertEqual((row["completions"], row["completion_count"], row["completion_chars"]), want, text)
            self.assertIsNone(row["extra_json"])
        for text in ('"x"', '{"content":"x"}', "[7]", '[["x"]]', '[{"content":7}]', "[true]"):
            lake = self.one(response=f',"completions":{text}')
            self.assertEqual([r["reason"] for r in lake["rejects"]], ["wrong_type"], text)

    def test_extensions(self):
        for name, want in (("a.RS", "rs"), (".env", None), ("src/.env", None), ("a.b/Makefile", None), ("a.", None), ("", None), ("..x", "x")):
            row = self.one(f',"fileName":"{name}"')["inline_completion"][0]
            self.assertEqual(row["file_extension"], want, name)

    def test_extra_json(self):
        row = self.one(',"x":null', ',"completions":["a",{"content":"b","n":1.0}]', ',"top":[1, 2]')["inline_completion"][0]
        self.assertEqual(
            row["extra_json"],
            '{"generateCompletionsEventRequest":{"x":null},"generateCompletionsEventResponse":{"completions":["a",{"content":"b","n":1.0}]},"top":[1,2]}',
        )

    def test_twins_by_request_id(self):
        one = '{"generateCompletionsEventResponse":{"requestId":"%s"}}'
        lake = self.run_on({inline(1): records(one % "a", one % "b"), inline(2): records(one % "a")})
        self.assertEqual([r["request_id"] for r in lake["inline_completion"]], ["a", "b"])


class DevTask(Case):
    def one(self, text):
        lake = self.run_on({dev(1): text})
        self.assertEqual(lake["rejects"], [])
        return lake["dev_task"][0]

    def test_a_request_alone(self):
        row = self.one('{ "startTaskAssistCodeGenerationEventRequest": {"userPrompt": "pé", "userId": "d-1.u1", "n": 1.50} }')
        want = {"request_id": None, "user_id": "u1", "prompt": "pé", "prompt_chars": 2, "event_ts": None, "dt": "2026-07-27", "variant": 0}
        self.assertEqual({name: row[name] for name in want}, want)
        self.assertEqual(row["raw_json"], '{"startTaskAssistCodeGenerationEventRequest":{"userPrompt":"pé","userId":"d-1.u1","n":1.50}}')
        self.assertNotIn("extra_json", row)

    def test_which_text_is_the_prompt(self):
        for members, want in (
            ('"description":"d","prompt":"p"', "p"),
            ('"prompt":null,"task":"t"', "t"),
            ('"prompt":{"text":"x"},"description":"d"', "d"),
            ('"prompt":"","task":"t"', ""),
            ('"other":"x"', None),
        ):
            self.assertEqual(self.one('{"xEventRequest":{%s}}' % members)["prompt"], want, members)
        self.assertIsNone(self.one('{"xEventResponse":{"prompt":"p"}}')["prompt"])

    def test_what_one_half_does_not_say_the_other_may(self):
        row = self.one('{"aEventRequest":{"requestId":"r1"},"aEventResponse":{"userId":"u1","timeStamp":"2026-07-27T00:00:00Z"}}')
        self.assertEqual((row["request_id"], row["user_id"], row["event_ts"]), ("r1", "u1", 1_785_110_400_000))
        row = self.one('{"aEventRequest":{"requestId":"r1","userId":"u1"},"aEventResponse":{"requestId":"r2","userId":"u2"}}')
        self.assertEqual((row["request_id"], row["user_id"]), ("r2", "u1"))

    def test_rejects(self):
        for text, reason in (
            ("{}", "not_a_record"),
            ('{"prompt":"p"}', "not_a_record"),
            ('{"aEventRequest":null}', "not_a_record"),
            ('{"aEventRequest":"p"}', "wrong_type"),
            ('{"aEventRequest":{"userId":1}}', "wrong_type"),
            ('{"aEventRequest":{"a":{"b":1,"b":1}}}', "repeated_key"),
            ('{"aEventRequest":{"timeStamp":"soon"}}', "bad_time"),
        ):
            lake = self.run_on({dev(1): records(text)})
            self.assertEqual(self.reasons(lake), [(0, reason, text)])


class Legacy(Case):
    def test_names_of_columns_are_the_words_of_their_headers(self):
        self.assertEqual(len(LEGACY_METRICS), 44)
        for header, column in LEGACY_METRICS:
            self.assertEqual(header.replace("_", "").lower(), column.replace("_", ""))
        found = dict(LEGACY_METRICS)
        for header, column in (
            ("Chat_AICodeLines", "chat_ai_code_lines"),
            ("InlineChat_TotalEventCount", "inline_chat_total_event_count"),
            ("DocGeneration_AcceptedFilesCreations", "doc_generation_accepted_files_creations"),
        ):
            self.assertEqual(found[header], column)

    def test_a_row(self):
        header = "UserId,Date," + ",".join(h for h, _ in LEGACY_METRICS)
        values = ["", "0", *map(str, range(2, 44))]
        lake = self.run_on({legacy("202607270415_report"): f"\ufeff{header}\r\nd-1.u1,07-27-2026,{','.join(values)}\r\n"})
        row = lake["user_activity_legacy"][0]
        self.assertEqual([row[c] for _, c in LEGACY_METRICS], [None, 0, *range(2, 44)])
        self.assertEqual((row["user_id"], row["identity_store_id"], row["event_date"], row["report_ts"]), ("u1", "d-1", "2026-07-27", 1_785_125_700_000))
        self.assertIsNone(row["extra_json"])

    def test_fewer_columns_and_the_other_name_of_one(self):
        text = "UserId,Date,InlineChat_EventCount,Inline_SuggestionsCount,New\nu1,2026-07-27,3,7.0, x \n"
        row = self.run_on({legacy(): text})["user_activity_legacy"][0]
        found = {column: row[column] for _, column in LEGACY_METRICS if row[column] is not None}
        self.assertEqual(found, {"inline_chat_total_event_count": 3, "inline_suggestions_count": 7})
        self.assertEqual(row["extra_json"], '{"New":" x "}')

    def test_both_names_are_one_header(self):
        header = "UserId,Date,InlineChat_EventCount,InlineChat_TotalEventCount"
        lake = self.run_on({legacy(): f"{header}\nu1,07-27-2026,3,3.0\nu2,07-27-2026,,4\nu3,07-27-2026,3,4\n"})
        self.assertEqual([r["inline_chat_total_event_count"] for r in lake["user_activity_legacy"]], [3, 4])
        self.assertEqual([r[:2] for r in self.reasons(lake)], [(2, "repeated_column")])

    def test_a_later_export_is_variant_0(self):
        text = "UserId,Date,Chat_MessagesSent\nu1,07-27-2026,%d\nu2,07-27-2026,5\n"
        lake = self.run_on({legacy(): text % 1, legacy("202607270415_report"): text % 2})
        rows = [(r["user_id"], r["chat_messages_sent"], r["variant"]) for r in lake["user_activity_legacy"]]
        self.assertEqual(rows, [("u1", 1, 1), ("u1", 2, 0), ("u2", 5, 0)])


class Content(Case):
    def test_files_without_a_name(self):
        for text, table in (
            ('{"generateCompletionsEventRequest":{"leftContext":"\\"generateAssistantResponseEventRequest\\"","timeStamp":"2026-07-27T00:00:00Z"}}', "inline_completion"),
            ('[{"startTaskAssistCodeGenerationEventRequest":{"timeStamp":"2026-07-27T00:00:00Z"}}]', "dev_task"),
            ("UserId,Date,INLINE_SuggestionsCount\nu1,07-27-2026,1\n", "user_activity_legacy"),
            ("UserId,Date,Total_Messages\nu1,2026-07-27,1\n", "user_activity"),
        ):
            lake = self.run_on({"any.gz": text})
            self.assertEqual({name: len(rows) for name, rows in lake.items() if rows}, {table: 1})
        for text in ('{"newEventRequest":{}}', "UserId,Date\nu,2026-07-27\n"):
            self.assertEqual([r["reason"] for r in self.run_on({"any.gz": text})["rejects"]], ["unknown_content"])
class Lex(unittest.TestCase):
    second = '{"messageVersion":"2.0","bot":{"name":"B"},"requestId":"%s","timestamp":"2026-07-27T22:00:00Z"}'
    first = '{"messageVersion":"1.0","botName":"A","requestId":"%s","slots":{"S":"{S}","T":null}}'

    def logs(self, files):
        with tempfile.TemporaryDirectory() as root:
            for key, content in files.items():
                path = os.path.join(root, key)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content.encode() if isinstance(content, str) else content)
            return expected([("calls", root, {"kind": "lex", "account": "999999999999"})])

    def envelope(self, *messages):
        events = [{"id": "1", "timestamp": 1785189600000, "message": m} for m in messages]
        head = {"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "g", "logStream": "s"}
        return json.dumps(head | {"logEvents": events})

    def test_shapes(self):
        control = '{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs"}'
        gzipped = lambda text: gzip.compress(text.encode())
        form = '{"awslogs":{"data":"%s"}}' % base64.b64encode(gzipped(self.envelope(self.second % "a"))).decode()
        for text, indexes in (
            ("2026-07-27T22:00:00.000Z START\n1785189600000 %s\n" % (self.second % "a"), [1]),
            (control + self.envelope("x", self.second % "a", "[%s, 7]" % (self.second % "b")), [2, 3]),
            (gzip.compress(gzipped(control) + gzipped(self.envelope(self.second % "a"))), [1]),
            ("plain\n" + self.second % "a" + self.second % "b" + '{"x":1}[[%s]]' % (self.second % "c"), [1, 2, 4]),
            (form + control + form.replace("awslogs", "other"), [0]),
        ):
            lake = self.logs({"2026/07/27/x": text})
            self.assertEqual([r["record_index"] for r in lake["lex_conversation"]], indexes, text)
            self.assertEqual(lake["rejects"], [])

    def test_one_entry_through_two_shapes_is_one_row(self):
        nameless = self.second.replace('"requestId":"%s",', "")
        other = '{"timestamp":"2026-07-27T22:00:00Z","bot":{"name":"B"},"messageVersion":"2.0"}'
        lake = self.logs(
            {
                "2026/07/27/a": self.envelope(self.second % "a", nameless),
                "export/b": self.second % "a" + nameless + other,
            }
        )
        rows = [(r["request_id"], r["account_id"], r["variant"], r["log_group"]) for r in lake["lex_conversation"]]
        self.assertEqual(rows, [(None, "999999999999", 0, None), ("a", "123456789012", 0, "g"), (None, "123456789012", 1, "g")])

    def test_slots_of_the_first_generation(self):
        lake = self.logs({"2026/07/27/a": "1785189600000 " + self.first % "a"})
        slots = [(r["slot"], r["interpreted_value"], r["is_filled"], r["is_obfuscated"], r["shape"]) for r in lake["lex_slot"]]
        self.assertEqual(slots, [("S", "{S}", True, True, None), ("T", None, False, False, None)])

    def test_rejects(self):
        cut = self.second[:-1] % "a"
        for text, reason in ((cut, "syntax"), (self.second.replace("2026", "2036") % "a", "time_out_of_range"), (self.first.replace('"A"', "7") % "a", "wrong_type")):
            lake = self.logs({"2026/07/27/a": "text\n" + text + "\n" + self.second % "b"})
            self.assertEqual([r["record_index"] for r in lake["lex_conversation"]], [2])
            self.assertEqual([(r["record_index"], r["reason"], r["raw"]) for r in lake["rejects"]], [(1, reason, text)])
        lake = self.logs({"x/a": self.first % "a"})
        self.assertEqual([r["reason"] for r in lake["rejects"]], ["no_time"])

    def test_audio(self):
        lake = self.logs({"p/aws/lex/B/A/7/2026/07/27/x.WAV": "1234", "aws/lex/B/A/7/y": b"\0\1", "z": b"\0\1", "e.pcm": ""})
        rows = [(r["event_date"], r["bot_id"], r["bot_version"], r["object_bytes"], r["content_type"]) for r in lake["lex_audio"]]
        self.assertEqual(rows, [("2019-01-01", "B", "7", 2, None), ("2026-07-27", "B", "7", 4, "audio/wav")])

    def test_days_of_keys(self):
        for key, day in (
            ("c/2026/05/06/07/x", "2026-05-06"),
            ("c/dt=2026-05-06/y/x", "2026-05-06"),
            ("c/year=2026/month=05/day=06/x", "2026-05-06"),
            ("c/2026/05/06/2026-02-30/x", "2026-05-06"),
            ("c/2026/05/06", None),
            ("2026-05-06/x", None),
        ):
            found = bucket.lex_day(key)
            self.assertEqual(found and found.isoformat(), day, key)


class Csv(unittest.TestCase):
    def test_quotes_and_line_ends(self):
        rows = list(csv_text.rows(b'a,"b ""x""\ny"z,c\r\n  \n,\rd', 0))
        self.assertEqual([r.cells for r in rows], [[b"a", b'b "x"\nyz', b"c"], [b"", b""], [b"d"]])


if __name__ == "__main__":
    unittest.main()
