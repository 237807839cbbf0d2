/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "llm-profile-documents.h"

#include "ns3/llm-profile.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace ns3;
using llmmec::ListLlmFiles;
using llmmec::ParseLlmProfile;
using llmmec::ReadLlmProfile;

namespace
{

/// A row of Table I as printed.
struct Row
{
    const char* name;     ///< our name for it
    const char* base;     ///< our name for its model
    const char* method;   ///< our name for its method
    double hallucination; ///< share
    double accuracy;      ///< %
    double size;          ///< printed as MB
    double energy;        ///< Wh
};

/// Table I, typed from the paper and not from the data files.
const std::vector<Row> TABLE_I{
    {"llama-3.1-8b-original", "Llama-3.1-8B", "original", .77, 70.30, 15316.53, .24},
    {"llama-3.1-8b-quantization", "Llama-3.1-8B", "quantization", .82, 24.99, 4308.13, .13},
    {"llama-3.1-8b-pruning", "Llama-3.1-8B", "pruning", .70, 30.76, 13236.46, .27},
    {"llama-3.1-8b-pruning-distillation",
     "Llama-3.1-8B",
     "pruning-distillation",
     .85,
     62.11,
     13236.46,
     .20},
    {"llama-3.1-8b-ecld", "Llama-3.1-8B", "ecld", .65, 59.05, 3336.18, .12},
    {"qwen3-8b-original", "Qwen3-8B", "original", .77, 68.21, 15623.45, .17},
    {"qwen3-8b-quantization", "Qwen3-8B", "quantization", .78, 67.51, 5792.20, .13},
    {"qwen3-8b-pruning", "Qwen3-8B", "pruning", .66, 19.32, 11206.87, .11},
    {"qwen3-8b-pruning-distillation",
     "Qwen3-8B",
     "pruning-distillation",
     .95,
     37.01,
     11206.87,
     .11},
    {"qwen3-8b-ecld", "Qwen3-8B", "ecld", .97, 36.35, 4652.80, .09},
    {"mistral-12b-original", "Mistral-12B", "original", .52, 65.95, 23360.83, .35},
    {"mistral-12b-quantization", "Mistral-12B", "quantization", .94, 64.94, 7926.37, .29},
    {"mistral-12b-pruning", "Mistral-12B", "pruning", .80, 20.71, 16048.67, .32},
    {"mistral-12b-pruning-distillation",
     "Mistral-12B",
     "pruning-distillation",
     .84,
     75.79,
     16048.67,
     .26},
    {"mistral-12b-ecld", "Mistral-12B", "ecld", .87, 71.88, 5660.25, .24},
};

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of what profiles say; each runs one of the checks below.
 */
class LlmProfileTestCase : public LlmDocumentTestCase
{
  public:
    using Check = void (LlmProfileTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmProfileTestCase(const std::string& name, Check check)
        : LlmDocumentTestCase("LLM profile: " + name),
          m_check(check)
    {
    }

    /// The shipped profiles are Table I.
    void CheckTable()
    {
        NS_TEST_EXPECT_MSG_EQ(ListLlmFiles(DATA + "/profiles").size(), TABLE_I.size(), "rows");
        for (const auto& row : TABLE_I)
        {
            const auto profile = ReadLlmProfile(DATA + "/profiles/" + row.name + ".json");
            NS_TEST_EXPECT_MSG_EQ(profile.version, 1, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.name, row.name, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.baseModel, row.base, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.method, row.method, row.name);
            NS_TEST_EXPECT_MSG_EQ_TOL(profile.hallucination, row.hallucination, 1e-15, row.name);
            NS_TEST_EXPECT_MSG_EQ_TOL(profile.accuracy, row.accuracy / 100, 1e-15, row.name);
            const auto bytes = static_cast<double>(profile.sizeBytes);
            NS_TEST_EXPECT_MSG_EQ_TOL(bytes, row.size * 1048576, 0.5001, row.name);
            NS_TEST_EXPECT_MSG_EQ_TOL(profile.energyPerQueryJ, row.energy * 3600, 1e-9, row.name);
            const bool timed = profile.promptLatencyPerTokenS || profile.generationLatencyPerTokenS;
            NS_TEST_EXPECT_MSG_EQ(timed, false, "Table I has no latency: " << row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.serving.has_value(), false, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.accuracySamples.empty(), true, row.name);
            NS_TEST_EXPECT_MSG_EQ(profile.hallucinationSamples.empty(), true, row.name);
            ExpectContains(profile.source, "arXiv:2602.13628, Table I", row.name);
        }
        const auto names = ListLlmFiles(DATA + "/profiles");
        NS_TEST_EXPECT_MSG_EQ(std::is_sorted(names.begin(), names.end()), true, "sorted");
    }

    /// A document with every key, value by value.
    void CheckValues()
    {
        const auto profile = ParseLlmProfile(PROFILE, "p");
        NS_TEST_EXPECT_MSG_EQ(profile.name, "tiny", "name");
        NS_TEST_EXPECT_MSG_EQ(profile.baseModel, "Base-1B", "baseModel");
        NS_TEST_EXPECT_MSG_EQ(profile.method, "ecld", "method");
        NS_TEST_EXPECT_MSG_EQ(profile.sizeBytes, 4000000000, "sizeBytes");
        NS_TEST_EXPECT_MSG_EQ(profile.energyPerQueryJ, 432.5, "energyPerQueryJ");
        NS_TEST_EXPECT_MSG_EQ(profile.promptLatencyPerTokenS.value_or(0), 0.01, "prompt");
        NS_TEST_EXPECT_MSG_EQ(profile.generationLatencyPerTokenS.value_or(0), 0.25, "generation");
        NS_TEST_EXPECT_MSG_EQ(profile.accuracy, 0.5, "accuracy");
        NS_TEST_EXPECT_MSG_EQ(profile.hallucination, 0.25, "hallucination");
        const std::vector<double> accuracy{-0.5, 1, 0.75};
        const std::vector<double> hallucination{1, 0, 0.125};
        NS_TEST_EXPECT_MSG_EQ((profile.accuracySamples == accuracy), true, "samples");
        NS_TEST_EXPECT_MSG_EQ((profile.hallucinationSamples == hallucination), true, "samples");
        NS_TEST_EXPECT_MSG_EQ(profile.serving.has_value(), true, "serving");
        NS_TEST_EXPECT_MSG_EQ(profile.source, "test \xc3\xa4 \n", "source");
    }

    /// Every kind of broken profile says which file, which field, what was there and expected.
    void CheckErrors()
    {
        /// One way to break PROFILE and what the message has to hold.
        struct Case
        {
            std::string from;                ///< text of PROFILE to replace
            std::string to;                  ///< what to put there
            std::vector<std::string> expect; ///< parts of the message
        };

        const std::vector<Case> cases{
            // not JSON
            {"\"method\": \"ecld\",", "\"method\": ", {"near /method", "syntax error"}},
            {"432.5", "NaN", {"near /energyPerQueryJ", "syntax error"}},
            {"432.5", "-Infinity", {"near /energyPerQueryJ", "syntax error"}},
            {"432.5", "+1", {"near /energyPerQueryJ", "syntax error"}},
            {"\"tiny\"", "\"ti\nny\"", {"near /name", "syntax error"}},
            {"\"tiny\"", "\"ti\xffny\"", {"near /name", "UTF-8"}},
            {"\"tiny\"", "\"ti\\ud800ny\"", {"near /name", "surrogate"}},
            {"\"version\": 1,", "\"version\": 1, // no", {"near /version", "syntax error"}},
            // not for a double
            {"432.5", "1e999", {": /energyPerQueryJ: ", "1e999", "expected a finite number"}},
            {"0.75", "-1e999", {": /samples/accuracy/2: ", "1e999", "finite"}},
            // structure
            {"\"method\": \"ecld\",", "", {": /method: missing", "expected a text"}},
            {"\"accuracy\": 0.5,", "", {": /accuracy: missing", "share from 0 to 1"}},
            {"\"accuracy\": 0.5,",
             "\"acuracy\": 0.5,",
             {": /acuracy: unknown key", "expected one of version, name,", " accuracy,"}},
            {"\"accuracy\": [",
             "\"x\\u0007\": 0, \"accuracy\": [",
             {": /samples/x?: unknown key", "expected one of accuracy, hallucination"}},
            {"\"accuracy\": 0.5,",
             "\"accuracy\": 0.5, \"accuracy\": 0.6,",
             {": /accuracy: ", "given twice"}},
            {"{\"accuracy\": [-0.5, 1, 0.75], ", "{", {": /samples/accuracy: missing"}},
            {"[1, 0, 0.125]",
             "[1, 0]",
             {": /samples/hallucination: got 2", "as many as /samples/accuracy has, 3"}},
            {"[1, 0, 0.125]", "[[[[[[[[[[[[[[[[[[1", {"/samples/hallucination/0/0", "too deep"}},
            // version
            {"\"version\": 1", "\"version\": 2", {": /version: got 2, expected 1"}},
            {"\"version\": 1", "\"version\": \"1\"", {": /version: got \"1\", expected 1"}},
            {"\"version\": 1", "\"version\": 1.5", {": /version: got 1.5, expected 1"}},
            {"\"version\": 1,", "", {": /version: missing, expected 1"}},
            // types
            {"\"tiny\"", "7", {": /name: got 7, expected a text"}},
            {"\"tiny\"", "\"\"", {": /name: got \"\", expected a text that is not empty"}},
            {"432.5", "\"many\"", {": /energyPerQueryJ: got \"many\", expected a number"}},
            {"432.5", "null", {": /energyPerQueryJ: got null, expected a number"}},
            {"432.5", "{\"a\": 1}", {": /energyPerQueryJ: got an object, expected a number"}},
            {"432.5", "true", {": /energyPerQueryJ: got true, expected a number"}},
            {"[1, 0, 0.125]", "1", {": /samples/hallucination: got 1, expected an array"}},
            {"0.125", "\"no\"", {": /samples/hallucination/2: got \"no\", expected a share"}},
            {"{\"accuracy\": [-0.5, 1, 0.75], \"hallucination\": [1, 0, 0.125]}",
             "[]",
             {": /samples: got an array, expected an object"}},
            // ranges
            {"4000000000", "0", {": /sizeBytes: got 0, expected an integer from 1 to 2^53 - 1"}},
            {"4000000000", "-1", {": /sizeBytes: got -1, expected an integer"}},
            {"4000000000", "1.5", {": /sizeBytes: got 1.5, expected an integer"}},
            {"4000000000", "9007199254740992", {": /sizeBytes: got 9007199254740992"}},
            {"4000000000", "9007199254740993", {": /sizeBytes: got 9007199254740993"}},
            {"4000000000", "99999999999999999999", {": /sizeBytes: got 1e+20"}},
            {"432.5", "-0.1", {": /energyPerQueryJ: got -0.1, expected a number from 0"}},
            {"0.01", "0", {": /promptLatencyPerTokenS: got 0, expected a number above 0"}},
            {"0.01", "1e-999", {": /promptLatencyPerTokenS: got 0.0, expected a number above"}},
            {"\"generationLatencyPerTokenS\": 0.25",
             "\"generationLatencyPerTokenS\": -1",
             {": /generationLatencyPerTokenS: got -1, expected a number above 0"}},
            {"\"accuracy\": 0.5", "\"accuracy\": 59.05", {": /accuracy: got 59.05", "0 to 1"}},
            {"\"hallucination\": 0.25", "\"hallucination\": -0.25", {": /hallucination: got -0.2"}},
            {"-0.5, 1", "-1.5, 1", {": /samples/accuracy/0: got -1.5", "cosine from -1 to 1"}},
            {"0.75]", "1.25]", {": /samples/accuracy/2: got 1.25", "cosine from -1 to 1"}},
            {"0.125", "-0.125", {": /samples/hallucination/2: got -0.125", "share from 0 to 1"}},
        };
        for (const auto& c : cases)
        {
            std::string text = PROFILE;
            const auto at = text.find(c.from);
            NS_TEST_ASSERT_MSG_NE(at, std::string::npos, "the case is wrong: " << c.from);
            ExpectProfileError(text.replace(at, c.from.size(), c.to), c.expect);
        }
        for (const char* text :
             {"", " \n", "[]", "3", "null", "\"x\"", "{", "{\"", "\xef\xbb\xbf", "nul"})
        {
            ExpectProfileError(text, {});
        }
        ExpectProfileError("", {"empty, expected a JSON object"});
        ExpectProfileError("[]", {"got an array, expected an object"});
        ExpectProfileError("{}", {": /version: missing, expected 1"});
        ExpectProfileError(std::string(PROFILE) + "x", {"syntax error"});
        ExpectProfileError(std::string(PROFILE) + std::string(1, '\0') + "x", {"zero byte at "});
        // Neither the size of a value nor its depth may get into the message or onto the stack.
        ExpectProfileError("{\"version\": \"" + std::string(1 << 20, 'x') + "\"}",
                           {": /version: got \"xxx", "..., expected 1"});
        ExpectProfileError(std::string(1 << 20, '['), {"nested too deep"});
        std::string deep;
        for (int level = 0; level < 100000; ++level)
        {
            deep += "{\"a\":";
        }
        ExpectProfileError(deep, {"/a/a/a", "nested too deep"});
        std::string wide;
        for (int level = 0; level < 16; ++level)
        {
            wide += "{\"" + std::string(200, 'k') + "\":";
        }
        ExpectProfileError(wide, {"near /kkk", "syntax error"});
        for (const std::string part : {"[],", "{},"})
        {
            std::string many = "{\"version\": [";
            for (int count = 0; count < 2000000; ++count)
            {
                many += part;
            }
            ExpectProfileError(many + "0]}",
                               {"/version/997: too many parts, expected at most 1000"});
        }
        ExpectProfileError(std::string((64 << 20) + 1, ' '), {"too big, expected at most 64 MiB"});

        ExpectContains(ErrorOf([] { ParseLlmProfile("", "a\nb"); }), "a?b: empty", "file name");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param text a broken profile @param parts what the message has to hold
    void ExpectProfileError(const std::string& text, const std::vector<std::string>& parts)
    {
        const auto error = ErrorOf([&text] { ParseLlmProfile(text, "dir/file.json"); });
        NS_TEST_EXPECT_MSG_EQ(error.rfind("dir/file.json: ", 0), 0, "file comes first: " << error);
        ExpectContains(error, "", "message");
        for (const auto& part : parts)
        {
            ExpectContains(error, part, "message");
        }
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmProfileTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmProfileTestCase::Check check) {
        suite.Add(new LlmProfileTestCase(name, check));
    };
    add("Table I", &LlmProfileTestCase::CheckTable);
    add("values", &LlmProfileTestCase::CheckValues);
    add("errors", &LlmProfileTestCase::CheckErrors);
}

static const LlmMecTests g_llmProfileTests(
    &AddLlmProfileTests); //!< registers the cases of this file
