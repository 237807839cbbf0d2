/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/llm-pair.h"
#include "ns3/llm-profile.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::LlmPair;
using llmmec::ParseLlmPair;
using llmmec::ParseLlmProfile;
using llmmec::ReadLlmPair;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of pairs of models; each runs one of the checks below.
 */
class LlmPairTestCase : public LlmDocumentTestCase
{
  public:
    using Check = void (LlmPairTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmPairTestCase(const std::string& name, Check check)
        : LlmDocumentTestCase("LLM pair: " + name),
          m_check(check)
    {
    }

    /// A document with every key, value by value.
    void CheckValues()
    {
        const LlmPair pair = ParseLlmPair(WRITTEN, "p");
        NS_TEST_EXPECT_MSG_EQ(pair.version, 1, "version");
        NS_TEST_EXPECT_MSG_EQ(pair.name, "small-ecld", "name");
        NS_TEST_EXPECT_MSG_EQ(pair.draft.name, "small-ecld", "draft");
        NS_TEST_EXPECT_MSG_EQ(pair.draft.baseModel.value_or(""), "a teacher", "baseModel");
        NS_TEST_EXPECT_MSG_EQ(pair.target.name, "small-original", "target");
        NS_TEST_EXPECT_MSG_EQ(pair.target.baseModel.has_value(), false, "no baseModel");
        NS_TEST_EXPECT_MSG_EQ(pair.vocabularySize, 512, "vocabularySize");
        NS_TEST_EXPECT_MSG_EQ(pair.temperature.value_or(0), 0.5, "temperature");
        NS_TEST_EXPECT_MSG_EQ(pair.source, "a test", "source");
        NS_TEST_ASSERT_MSG_EQ(pair.queries.size(), 2, "queries");
        const auto& query = pair.queries[0];
        NS_TEST_EXPECT_MSG_EQ(query.promptTokens, 12, "promptTokens");
        NS_TEST_EXPECT_MSG_EQ((query.target == std::vector<uint32_t>{17, 511, 1}), true, "target");
        NS_TEST_EXPECT_MSG_EQ((query.draft == std::vector<uint32_t>{17, 4, 1}), true, "draft");
        const std::vector<double> acceptance{0.875, 0.123457, 1};
        NS_TEST_EXPECT_MSG_EQ((query.acceptance == acceptance), true, "acceptance");
        NS_TEST_EXPECT_MSG_EQ(pair.queries[1].promptTokens, 9, "promptTokens");
        NS_TEST_EXPECT_MSG_EQ((pair.queries[1].target == std::vector<uint32_t>{0}), true, "second");

        std::string greedy = WRITTEN;
        for (const std::string part : {"  \"temperature\": 0.5,\n",
                                       ",\"acceptance\":[0.875,0.123457,1.0]",
                                       ",\"acceptance\":[0.0]"})
        {
            Replace(greedy, part, "");
        }
        const LlmPair alone = ParseLlmPair(greedy, "p");
        NS_TEST_EXPECT_MSG_EQ(alone.temperature.has_value(), false, "greedy alone");
        NS_TEST_EXPECT_MSG_EQ(alone.queries[0].acceptance.empty(), true, "greedy alone");
        // 3.0 is an integer in JSON Schema.
        Replace(greedy, "\"draft\":[0]", "\"draft\":[0.0]");
        NS_TEST_EXPECT_MSG_EQ(ParseLlmPair(greedy, "p").queries[1].draft.size(), 1, "0.0");
    }

    /// Every kind of broken document says which file, which field, what was there and expected.
    void CheckErrors()
    {
        const std::string token = "expected a token of the vocabulary, an integer from 0 to 511";
        const std::vector<std::vector<std::string>> cases{
            // not JSON
            {"\"a test\",", "", "p: near /source: parse error at line "},
            {"[17,4,1]", "[17, NaN]", "p: near /queries/0/draft/1: parse error at line "},
            {"[17,4,1]", "[17, 1e999]", "p: /queries/0/draft/1: "},
            {"\"source\"", "\"name\"", "p: /name: key 'name' given twice, expected it once"},
            // version
            {"\"version\": 1", "\"version\": 2", "p: /version: got 2, expected 1"},
            {"\"version\": 1,", "", "p: /version: missing, expected 1"},
            // structure
            {"\"source\"", "\"sources\"", "p: /sources: unknown key, expected one of version, "},
            {"\"promptTokens\":9", "\"prompt\": 9", "p: /queries/1/prompt: unknown key, expected"},
            {"\"baseModel\"", "\"base\"", "p: /draft/base: unknown key, expected one of name, "},
            {"{\n    \"name\": \"small-original\"\n  }",
             "{}",
             "p: /target/name: missing, expected a text"},
            {"{\n    \"name\": \"small-original\"\n  }",
             "3",
             "p: /target: got 3, expected an object"},
            {"\"a teacher\"", "\"\"", "p: /draft/baseModel: got \"\", expected a text that is not"},
            {"\"a teacher\"", "null", "p: /draft/baseModel: got null, expected a text that is not"},
            {"\"a test\"", "\"\"", "p: /source: got \"\", expected a text that is not empty"},
            {"  \"vocabularySize\": 512,\n",
             "",
             "p: /vocabularySize: missing, expected an integer from 1 to 10000000"},
            {"\"promptTokens\":12", "\"promptTokens\": 0", "p: /queries/0/promptTokens: got 0, "},
            {"\"promptTokens\":12", "\"promptTokens\": 1.5", "promptTokens: got 1.5, expected an"},
            // tokens
            {"512", "511", "p: /queries/0/target/1: got 511, expected a token of the vocabulary, "},
            {"[17,511,1]", "[17, 512, 1]", "p: /queries/0/target/1: got 512, " + token},
            {"[17,511,1]", "[17, -1, 1]", "p: /queries/0/target/1: got -1, " + token},
            {"[17,4,1]", "[17, 4, 0.5]", "p: /queries/0/draft/2: got 0.5, " + token},
            {"[17,4,1]", "[17, 4, \"1\"]", "p: /queries/0/draft/2: got \"1\", " + token},
            {"[17,4,1]", "[17, 4, 4294967297]", "p: /queries/0/draft/2: got 4294967297, "},
            {"[17,4,1]", "[17, 4, [1]]", "p: /queries/0/draft/2: got an array, " + token},
            {"[17,4,1]",
             "[17, 4]",
             "p: /queries/0/draft: got 2 entries, expected as many as target has, 3"},
            {"[17,4,1]", "[17, 4, 1, 1]", "p: /queries/0/draft: got 4 entries, expected as many"},
            {"[17,4,1]", "4", "p: /queries/0/draft: got 4, expected an array"},
            {"[17,511,1]", "[]", "p: /queries/0/target: got no entries, expected at least one"},
            // acceptance
            {"0.123457", "1.000001", "p: /queries/0/acceptance/1: got 1.000001, expected a share"},
            {"0.123457", "-0.1", "p: /queries/0/acceptance/1: got -0.1, expected a share from 0"},
            {"0.123457,1.0]", "0.123457]", "p: /queries/0/acceptance: got 2 entries, expected as"},
            {",\"acceptance\":[0.0]", "", "p: /queries/1/acceptance: missing, expected an array"},
            {"  \"temperature\": 0.5,\n",
             "",
             "p: /queries/0/acceptance: given without /temperature, expected both or neither"},
            {"\"temperature\": 0.5",
             "\"temperature\": 0",
             "p: /temperature: got 0, expected a num"},
        };
        ExpectErrors(WRITTEN, cases, [](const std::string& text) { ParseLlmPair(text, "p"); });
        const std::string head = WRITTEN.substr(0, WRITTEN.find("\"queries\""));
        const auto expect = [this](const std::string& text, const std::string& part) {
            ExpectContains(ErrorOf([&text] { ParseLlmPair(text, "p"); }), part, text);
        };
        expect("", "p: empty, expected a JSON object");
        expect("[]", "p: got an array, expected an object");
        expect(head + "\"queries\": []}", "p: /queries: got 0 entries, expected 1 to 100000");
        expect(head + "\"queries\": {}}", "p: /queries: got an object, expected an array");
        expect(head + "\"queries\": [3]}", "p: /queries/0: got 3, expected an object");
        // Wherever it is cut.
        for (std::size_t size = 0; size + 2 < WRITTEN.size(); ++size)
        {
            ExpectContains(ErrorOf([&] { ParseLlmPair(WRITTEN.substr(0, size), "p"); }), "p: ", "");
        }
    }

    /// A pair may be large, and the other files may not be for that.
    void CheckSizes()
    {
        const std::string head =
            "{\"version\": 1, \"name\": \"large\", \"draft\": {\"name\": \"a\"}, "
            "\"target\": {\"name\": \"b\"}, \"vocabularySize\": 9, "
            "\"source\": \"a test\", \"queries\": [";
        const std::string query = "{\"promptTokens\": 5, \"target\": [1, 2], \"draft\": [1, 3]},\n";
        std::string text = head;
        for (int i = 0; i < 100000; ++i)
        {
            text += query;
        }
        text.replace(text.size() - 2, 2, "]}");
        NS_TEST_EXPECT_MSG_EQ(ParseLlmPair(text, "p").queries.size(), 100000, "all are read");
        ExpectContains(ErrorOf([&text] { ParseLlmProfile(text, "p"); }),
                       "too many parts, expected at most 1000 keys, objects and arrays",
                       "a profile");
        text.replace(text.size() - 2, 2, ",\n" + query);
        text.replace(text.size() - 2, 2, "]}");
        ExpectContains(ErrorOf([&text] { ParseLlmPair(text, "p"); }),
                       "p: /queries: got 100001 entries, expected 1 to 100000",
                       "one too many");
        text = head;
        for (int i = 0; i < 1000000; ++i)
        {
            text += "{},";
        }
        ExpectContains(ErrorOf([&text] { ParseLlmPair(text, "p"); }),
                       ": too many parts, expected at most 801000 keys, objects and arrays",
                       "parts");
    }

    /// What can be wrong with a file.
    void CheckFiles()
    {
        const auto dir = CreateTempDirFilename("llm-pair-files");
        std::filesystem::remove_all(dir);
        std::filesystem::create_directories(dir);
        const auto expect = [this](const std::string& path, const std::string& problem) {
            ExpectContains(ErrorOf([&path] { ReadLlmPair(path); }), path + problem, path);
        };
        expect(dir + "/none.json", ": no such file");
        expect(dir, ": a directory, expected a file");
        expect("/dev/null", ": not a regular file");
        std::ofstream(dir + "/empty.json").flush();
        expect(dir + "/empty.json", ": empty, expected a JSON object");
        std::ofstream(dir + "/big.json").flush();
        std::filesystem::resize_file(dir + "/big.json", (256 << 20) + 1);
        expect(dir + "/big.json", ": too big, expected at most 256 MiB");
        std::ofstream(dir + "/good.json") << WRITTEN;
        NS_TEST_EXPECT_MSG_EQ(ReadLlmPair(dir + "/good.json").name, "small-ecld", "read");
        std::ofstream(dir + "/cut.json") << WRITTEN.substr(0, WRITTEN.size() / 2);
        expect(dir + "/cut.json", ": near /");
        std::filesystem::remove_all(dir);
    }

  private:
    /// What the compressor writes; its test PairDocument has the same text.
    static inline const std::string WRITTEN = R"({
  "version": 1,
  "name": "small-ecld",
  "draft": {
    "name": "small-ecld",
    "baseModel": "a teacher"
  },
  "target": {
    "name": "small-original"
  },
  "vocabularySize": 512,
  "temperature": 0.5,
  "source": "a test",
  "queries": [
    {"promptTokens":12,"target":[17,511,1],"draft":[17,4,1],"acceptance":[0.875,0.123457,1.0]},
    {"promptTokens":9,"target":[0],"draft":[0],"acceptance":[0.0]}
  ]
}
)";

    void DoRun() override
    {
        (this->*m_check)();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmPairTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmPairTestCase::Check check) {
        suite.Add(new LlmPairTestCase(name, check));
    };
    add("values", &LlmPairTestCase::CheckValues);
    add("errors", &LlmPairTestCase::CheckErrors);
    add("sizes", &LlmPairTestCase::CheckSizes);
    add("files", &LlmPairTestCase::CheckFiles);
}

static const LlmMecTests g_llmPairTests(&AddLlmPairTests); //!< registers the cases of this file
