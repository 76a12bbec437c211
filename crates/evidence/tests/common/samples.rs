//! One good report of each format, of our own making.

use clearway_evidence::Reader;

pub const JUNIT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="shop" tests="7" failures="1" errors="1">
  <testsuite name="checkout" tests="5" failures="1" errors="1" skipped="1" timestamp="2026-11-02T08:00:00+01:00" file="tests/checkout.py">
    <properties><property name="git.commit" value="0F1e2d3c4b5a69788796a5b4c3d2e1f001122334"/></properties>
    <testcase classname="checkout.Pay" name="card" time="0.4">
      <properties><property name="tag" value="critical-journey"/></properties>
    </testcase>
    <testcase classname="checkout.Pay" name="voucher" time="0.1"><failure message="expected 12.00 &lt; 11.50" type="AssertionError">at line 7</failure></testcase>
    <testcase classname="checkout.Pay" name="gift"><error type="Timeout"/></testcase>
    <testcase classname="checkout.Pay" name="invoice"><skipped/></testcase>
    <testcase classname="checkout.Pay" name="retry"><flakyFailure message="once">too slow</flakyFailure></testcase>
    <system-out><![CDATA[hello ]] > world]]></system-out>
  </testsuite>
  <testsuite name="cart" tests="2"><testcase name="add"/><testcase name="remove"/></testsuite>
</testsuites>
"#;

pub const SARIF: &str = r#"{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [{
    "results": [
      {"ruleId": "sql-injection", "ruleIndex": 0, "level": "warning", "message": {"text": "a query is built from input"},
       "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/pay.rs"}, "region": {"startLine": 12}}}],
       "partialFingerprints": {"primaryLocationLineHash": "abc:1"}},
      {"ruleId": "dead-code", "message": {"text": "never used"}},
      {"ruleId": "dead-code", "message": {"text": "never used either"}, "suppressions": [{"kind": "inSource"}]}
    ],
    "tool": {"driver": {"name": "Scout", "version": "2.1", "rules": [
      {"id": "sql-injection", "properties": {"security-severity": "9.8"}},
      {"id": "dead-code", "defaultConfiguration": {"level": "note"}}
    ]}},
    "versionControlProvenance": [{"repositoryUri": "https://example.org/shop", "revisionId": "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334"}],
    "invocations": [{"executionSuccessful": true, "endTimeUtc": "2026-11-02T08:00:00Z"}]
  }]
}
"#;

pub const LCOV: &str = "TN:unit\nSF:src/pay.rs\nFN:1,pay\nFN:9,12,refund\nFNDA:3,pay\nFNDA:0,refund\nFNF:2\nFNH:1\nDA:1,3\nDA:2,3\nDA:9,0\nDA:10,-\nBRDA:2,0,0,3\nBRDA:2,0,1,-\nLF:4\nLH:2\nend_of_record\nTN:unit\nSF:src/cart.rs\nDA:1,99999999999999999999999\nLF:1\nLH:1\nend_of_record\n";

pub const COBERTURA: &str = r#"<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage lines-valid="4" lines-covered="3" line-rate="0.75" branches-valid="2" branches-covered="1" branch-rate="0.5" timestamp="1793606400" version="7.6">
  <sources><source>/src</source></sources>
  <packages><package name="shop"><classes>
    <class name="Pay" filename="pay.py" line-rate="0.75">
      <methods>
        <method name="card" signature="()"><lines><line number="2" hits="1"/></lines></method>
        <method name="gift" signature="()"><lines><line number="4" hits="0"/></lines></method>
      </methods>
      <lines>
        <line number="1" hits="1"/>
        <line number="2" hits="1" branch="true" condition-coverage="50% (1/2)"/>
        <line number="3" hits="1"/>
        <line number="4" hits="0"/>
      </lines>
    </class>
  </classes></package></packages>
</coverage>
"#;

pub const JACOCO: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="shop"><sessioninfo id="ci" start="1793606400000" dump="1793606460000"/>
<group name="core"><package name="shop/pay">
<class name="shop/pay/Pay" sourcefilename="Pay.java">
<method name="card" desc="()V" line="3"><counter type="INSTRUCTION" missed="0" covered="5"/><counter type="METHOD" missed="0" covered="1"/></method>
<method name="gift" desc="()V" line="8"><counter type="INSTRUCTION" missed="4" covered="0"/><counter type="METHOD" missed="1" covered="0"/></method>
<counter type="INSTRUCTION" missed="4" covered="5"/></class>
<sourcefile name="Pay.java"><line nr="3" mi="0" ci="3" mb="1" cb="1"/><line nr="4" mi="0" ci="2" mb="0" cb="0"/><line nr="8" mi="4" ci="0" mb="0" cb="0"/>
<counter type="LINE" missed="1" covered="2"/></sourcefile>
</package></group>
<counter type="INSTRUCTION" missed="4" covered="5"/><counter type="LINE" missed="1" covered="2"/>
</report>
"#;

pub const GO_COVER: &str = "mode: atomic\nexample.org/shop/pay.go:3.20,5.2 2 7\nexample.org/shop/pay.go:7.20,9.2 2 0\nexample.org/shop/pay.go:7.20,9.2 2 1\nexample.org/shop/cart.go:1.1,1.9 1 0\n";

/// `--summary-export`: a threshold is `true` when it was crossed.
pub const K6: &str = r#"{
  "root_group": {"name": "", "path": "", "groups": {}, "checks": {"status is 200": {"name": "status is 200", "path": "::status is 200", "passes": 198, "fails": 2}}},
  "metrics": {
    "http_reqs": {"count": 200, "rate": 20.5},
    "http_req_failed": {"value": 0.01, "passes": 2, "fails": 198, "thresholds": {"rate<0.05": false}},
    "http_req_duration": {"avg": 80.1, "min": 12.0, "med": 70.25, "max": 512.5, "p(90)": 140.5, "p(95)": 201.125, "thresholds": {"p(95)<200": true}},
    "checks": {"value": 0.99, "passes": 198, "fails": 2}
  }
}
"#;

pub const JMETER_CSV: &str = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success,failureMessage\n1793606400000,100,home,200,OK,t-1,true,\n1793606400500,300,\"pay,\ncard\",500,Internal Server Error,t-1,false,\"expected \"\"OK\"\"\nfound nothing\"\n1793606401000,200,home,200,OK,t-2,true,\n";

pub const JMETER_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testResults version="1.2">
<httpSample t="100" lt="10" ts="1793606400000" s="true" lb="home" rc="200" rm="OK"/>
<httpSample t="300" lt="10" ts="1793606400500" s="false" lb="pay" rc="500" rm="Internal Server Error">
  <httpSample t="250" lt="10" ts="1793606400500" s="true" lb="redirect" rc="302" rm="Found"/>
  <assertionResult><name>status</name><failure>true</failure></assertionResult>
</httpSample>
</testResults>
"#;

pub const JMETER_STATISTICS: &str = r#"{
  "home": {"transaction": "home", "sampleCount": 150, "errorCount": 0, "errorPct": 0.0, "medianResTime": 70.0, "pct1ResTime": 100.0, "pct2ResTime": 120.0, "pct3ResTime": 150.0, "throughput": 15.0},
  "pay": {"transaction": "pay", "sampleCount": 50, "errorCount": 3, "errorPct": 6.0, "medianResTime": 90.0, "pct1ResTime": 140.0, "pct2ResTime": 180.0, "pct3ResTime": 400.0, "throughput": 5.0},
  "Total": {"transaction": "Total", "sampleCount": 200, "errorCount": 3, "errorPct": 1.5, "medianResTime": 75.0, "pct1ResTime": 120.0, "pct2ResTime": 160.0, "pct3ResTime": 390.5, "throughput": 20.0}
}
"#;

pub const OSV: &str = r#"{
  "results": [{
    "source": {"path": "Cargo.lock", "type": "lockfile"},
    "packages": [
      {"package": {"name": "time", "version": "0.1.40", "ecosystem": "npm"},
       "vulnerabilities": [
         {"id": "GHSA-wcg3-cvx6-7396", "aliases": ["RUSTSEC-2020-0071"], "summary": "segfault", "database_specific": {"severity": "MODERATE"}},
         {"id": "RUSTSEC-2020-0071", "aliases": ["GHSA-wcg3-cvx6-7396"]}],
       "groups": [{"ids": ["GHSA-wcg3-cvx6-7396", "RUSTSEC-2020-0071"], "aliases": [], "max_severity": "6.2"}]},
      {"package": {"name": "old", "version": "1.0.0", "ecosystem": "npm"},
       "vulnerabilities": [{"id": "OSV-1", "summary": "bad", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}, {"id": "OSV-2"}],
       "groups": [{"ids": ["OSV-1"], "max_severity": ""}, {"ids": ["OSV-2"]}]}
    ]
  }]
}
"#;

pub const TRIVY: &str = r#"{
  "SchemaVersion": 2,
  "CreatedAt": "2026-11-02T08:00:00.5+01:00",
  "ArtifactName": "shop:1",
  "ArtifactType": "container_image",
  "Metadata": {"ImageID": "sha256:1111111111111111111111111111111111111111111111111111111111111111", "RepoDigests": ["shop@sha256:2222222222222222222222222222222222222222222222222222222222222222"]},
  "Results": [
    {"Target": "shop:1 (alpine)", "Class": "os-pkgs", "Type": "alpine",
     "Vulnerabilities": [
       {"VulnerabilityID": "CVE-2026-0001", "PkgName": "musl", "InstalledVersion": "1.2", "Severity": "CRITICAL", "Title": "overflow"},
       {"VulnerabilityID": "CVE-2026-0002", "PkgName": "zlib", "InstalledVersion": "1.3", "Severity": "LOW"}],
     "ExperimentalModifiedFindings": [{"Type": "vulnerability", "Status": "not_affected", "Finding": {"VulnerabilityID": "CVE-2026-0003", "PkgName": "zlib", "Severity": "HIGH"}}]},
    {"Target": "Dockerfile", "Class": "config", "Misconfigurations": [
       {"ID": "DS002", "Title": "runs as root", "Severity": "HIGH", "Status": "FAIL", "CauseMetadata": {"StartLine": 3}},
       {"ID": "DS001", "Severity": "MEDIUM", "Status": "PASS"}]},
    {"Target": "key.pem", "Class": "secret", "Secrets": [{"RuleID": "private-key", "Category": "AsymmetricPrivateKey", "Severity": "HIGH", "StartLine": 1}]}
  ]
}
"#;

pub const GRYPE: &str = r#"{
  "matches": [
    {"vulnerability": {"id": "CVE-2026-0001", "severity": "High", "description": "overflow"}, "artifact": {"name": "musl", "version": "1.2"}},
    {"vulnerability": {"id": "CVE-2026-0004", "severity": "Negligible"}, "artifact": {"name": "tar", "version": "1"}}
  ],
  "ignoredMatches": [{"vulnerability": {"id": "CVE-2026-0005", "severity": "Critical"}, "artifact": {"name": "tar", "version": "1"}, "appliedIgnoreRules": []}],
  "source": {"type": "image", "target": {"userInput": "shop:1", "imageID": "sha256:1111111111111111111111111111111111111111111111111111111111111111", "manifestDigest": "sha256:3333333333333333333333333333333333333333333333333333333333333333", "repoDigests": []}},
  "descriptor": {"name": "grype", "version": "0.90.0", "timestamp": "2026-11-02T08:00:00Z"}
}
"#;

pub const SEMGREP: &str = r#"{
  "version": "1.90.0",
  "results": [
    {"check_id": "rust.sql", "path": "src/pay.rs", "start": {"line": 12, "col": 1}, "end": {"line": 12, "col": 9}, "extra": {"message": "a query is built from input", "severity": "ERROR"}},
    {"check_id": "rust.todo", "path": "src/cart.rs", "start": {"line": 3, "col": 1}, "end": {"line": 3, "col": 9}, "extra": {"message": "left over", "severity": "INFO", "is_ignored": true}}
  ],
  "errors": [{"code": 3, "level": "warn", "type": "Syntax error", "message": "one line"}],
  "paths": {"scanned": ["src/pay.rs", "src/cart.rs"]}
}
"#;

pub const GITLAB: &str = r#"{
  "version": "15.0.7",
  "vulnerabilities": [
    {"id": "a", "name": "overflow", "severity": "Critical", "location": {"dependency": {"package": {"name": "musl"}, "version": "1.2"}, "image": "shop:1"}, "identifiers": [{"type": "cve", "name": "CVE-2026-0001"}]},
    {"id": "b", "name": "who knows", "severity": "Unknown", "location": {"file": "go.sum", "start_line": 4}, "identifiers": []}
  ],
  "scan": {"type": "container_scanning", "status": "success", "start_time": "2026-11-02T08:00:00", "end_time": "2026-11-02T08:01:00", "scanner": {"id": "x", "name": "Scout", "version": "1"}}
}
"#;

pub const CYCLONEDX: &str = r#"{
  "bomFormat": "CycloneDX",
  "specVersion": "1.6",
  "metadata": {"timestamp": "2026-11-02T08:00:00Z", "component": {"type": "container", "name": "shop", "version": "sha256:1111111111111111111111111111111111111111111111111111111111111111"}},
  "components": [
    {"type": "library", "name": "musl", "version": "1.2", "licenses": [{"license": {"id": "MIT"}}], "components": [{"type": "file", "name": "ld.so"}]},
    {"type": "library", "name": "zlib", "version": "1.3"}
  ],
  "dependencies": [{"ref": "a", "dependsOn": ["b"]}],
  "vulnerabilities": [
    {"id": "CVE-2026-0001", "ratings": [{"severity": "medium"}, {"severity": "high"}], "affects": [{"ref": "musl"}]},
    {"id": "CVE-2026-0002", "ratings": [{"score": 9.8, "method": "CVSSv31"}]},
    {"id": "CVE-2026-0003", "ratings": [{"severity": "critical"}], "analysis": {"state": "not_affected"}},
    {"id": "CVE-2026-0004", "ratings": []}
  ]
}
"#;

pub const CYCLONEDX_XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1">
  <metadata><timestamp>2026-11-02T08:00:00Z</timestamp><component type="file"><name>shop</name></component></metadata>
  <components>
    <component type="library"><name>musl</name><version>1.2</version><licenses><license><id>MIT</id></license></licenses>
      <components><component type="file"><name>ld.so</name></component></components></component>
    <component type="library"><name>zlib</name><version>1.3</version></component>
  </components>
  <dependencies><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
  <vulnerabilities>
    <vulnerability><id>CVE-2026-0001</id><ratings><rating><severity>medium</severity></rating><rating><severity>high</severity></rating></ratings><affects><target><ref>musl</ref></target></affects></vulnerability>
    <vulnerability><id>CVE-2026-0003</id><ratings><rating><severity>critical</severity></rating></ratings><analysis><state>false_positive</state></analysis></vulnerability>
  </vulnerabilities>
</bom>
"#;

pub const SPDX: &str = r#"{
  "spdxVersion": "SPDX-2.3",
  "creationInfo": {"created": "2026-11-02T08:00:00Z", "creators": ["Tool: scout"]},
  "packages": [
    {"SPDXID": "SPDXRef-1", "name": "shop", "versionInfo": "1", "licenseConcluded": "NOASSERTION", "licenseDeclared": "Apache-2.0"},
    {"SPDXID": "SPDXRef-2", "name": "zlib", "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION"}
  ],
  "relationships": [{"spdxElementId": "SPDXRef-1", "relatedSpdxElement": "SPDXRef-2", "relationshipType": "DEPENDS_ON"}]
}
"#;

pub const STATEMENT: &str = r#"{
  "_type": "https://in-toto.io/Statement/v1",
  "subject": [{"name": "shop", "digest": {"sha256": "1111111111111111111111111111111111111111111111111111111111111111"}}],
  "predicateType": "https://slsa.dev/provenance/v1",
  "predicate": {
    "buildDefinition": {"resolvedDependencies": [{"uri": "git+https://example.org/shop@refs/heads/main", "digest": {"gitCommit": "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334"}}]},
    "runDetails": {"metadata": {"finishedOn": "2026-11-02T08:00:00Z"}}
  }
}
"#;

pub const STATUSPAGE: &str = r#"{
  "page": {"id": "x", "name": "Payments Inc", "updated_at": "2026-11-02T08:00:00Z"},
  "components": [
    {"id": "1", "name": "API", "status": "partial_outage", "group": false},
    {"id": "2", "name": "Dashboard", "status": "operational", "group": false},
    {"id": "3", "name": "Europe", "status": "partial_outage", "group": true}
  ],
  "incidents": [{"id": "i", "name": "Errors in the API", "status": "investigating", "impact": "major"}],
  "status": {"indicator": "major", "description": "Partial System Outage"}
}
"#;

/// Every format with a good report.
pub const ALL: &[(Reader, &str)] = &[
    (Reader::Junit, JUNIT),
    (Reader::Sarif, SARIF),
    (Reader::Lcov, LCOV),
    (Reader::Cobertura, COBERTURA),
    (Reader::Jacoco, JACOCO),
    (Reader::GoCover, GO_COVER),
    (Reader::K6, K6),
    (Reader::Jmeter, JMETER_CSV),
    (Reader::Jmeter, JMETER_XML),
    (Reader::Jmeter, JMETER_STATISTICS),
    (Reader::Osv, OSV),
    (Reader::Trivy, TRIVY),
    (Reader::Grype, GRYPE),
    (Reader::Semgrep, SEMGREP),
    (Reader::Gitlab, GITLAB),
    (Reader::Cyclonedx, CYCLONEDX),
    (Reader::Cyclonedx, CYCLONEDX_XML),
    (Reader::Spdx, SPDX),
    (Reader::InToto, STATEMENT),
    (Reader::Statuspage, STATUSPAGE),
];
