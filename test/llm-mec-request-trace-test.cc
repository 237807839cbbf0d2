/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/llm-mec-request-trace.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string NAMES = "id,arrivalS,promptTokens,generatedTokens\n"; //!< what is needed
const std::string WITH_PREFIX =
    "id,arrivalS,promptTokens,generatedTokens,prefixOf,prefixTokens\n"; //!< all that is read

/// @param text of a trace @return its requests
std::vector<LlmMecTracedRequest>
Parse(const std::string& text)
{
    std::istringstream is(text);
    return ParseRequestTrace(is, "trace");
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the reader of request traces; each runs one of the checks below.
 */
class LlmMecRequestTraceTestCase : public TestCase
{
  public:
    using Check = void (LlmMecRequestTraceTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecRequestTraceTestCase(const std::string& name, Check check)
        : TestCase("request trace: " + name),
          m_check(check)
    {
    }

    /// Good files, as different programs write them.
    void CheckGood()
    {
        const auto plain = Parse(NAMES + "7,0.5,10,20\n9,0.5,4294967295,1\n");
        NS_TEST_ASSERT_MSG_EQ(plain.size(), 2, "requests");
        NS_TEST_EXPECT_MSG_EQ(plain[0].id, 7, "id");
        NS_TEST_EXPECT_MSG_EQ(plain[0].arrivalS, 0.5, "arrival");
        NS_TEST_EXPECT_MSG_EQ(plain[0].promptTokens, 10, "prompt");
        NS_TEST_EXPECT_MSG_EQ(plain[0].answerTokens, 20, "answer");
        NS_TEST_EXPECT_MSG_EQ(plain[0].prefixOf.has_value(), false, "no prefix");
        NS_TEST_EXPECT_MSG_EQ(plain[1].promptTokens, 4294967295U, "the most");

        // Other columns, another order, a byte order mark, CRLF, empty lines, no end of line.
        const auto odd = Parse("\xef\xbb\xbfnote,prefixTokens,generatedTokens,promptTokens,arrivalS"
                               ",id,prefixOf\r\nx y,,2,30,1e-3,0,\r\n\r\n\"q,0,2,30,2,1,\r\n\n"
                               ",30,1,30,2.5,5,1");
        NS_TEST_ASSERT_MSG_EQ(odd.size(), 3, "requests");
        NS_TEST_EXPECT_MSG_EQ(odd[0].arrivalS, 1e-3, "arrival");
        NS_TEST_EXPECT_MSG_EQ(odd[1].prefixOf.has_value(), false, "no prefix");
        NS_TEST_EXPECT_MSG_EQ(odd[2].prefixOf.value_or(99), 1, "prefix");
        NS_TEST_EXPECT_MSG_EQ(odd[2].prefixTokens, 30, "of all its tokens");
    }

    /// Who asks: read where there are MLUs to ask, passed over elsewhere.
    void CheckMlus()
    {
        const std::string names = "mlu,id,arrivalS,promptTokens,generatedTokens\n";
        const auto parse = [&names](const std::string& mlu, std::optional<uint32_t> mlus) {
            std::istringstream is(names + "0,1,0,5,5\n" + mlu + ",2,0,5,5\n");
            return ParseRequestTrace(is, "trace", mlus).back().mlu;
        };
        NS_TEST_EXPECT_MSG_EQ(parse("4", 5).value_or(99), 4, "who asks");
        NS_TEST_EXPECT_MSG_EQ(parse("4", std::nullopt).has_value(), false, "passed over");
        NS_TEST_EXPECT_MSG_EQ(parse("x", std::nullopt).has_value(), false, "passed over");
        for (const std::string bad : {"5", "-1", "1.5", "", "x", "nan", "4294967296"})
        {
            std::string error = "(no error)";
            try
            {
                parse(bad, 5);
            }
            catch (const std::runtime_error& e)
            {
                error = e.what();
            }
            NS_TEST_EXPECT_MSG_EQ(error,
                                  "trace: line 3, mlu: '" + bad +
                                      "', expected a whole number from 0 to 4, an MLU of the cell",
                                  "message");
        }
        std::istringstream without(NAMES + "1,0,5,5\n");
        NS_TEST_EXPECT_MSG_EQ(ParseRequestTrace(without, "trace", 5)[0].mlu.has_value(),
                              false,
                              "no such column");
    }

    /// Bad files: one line that names file, line, column, what is there and what was expected.
    void CheckBad()
    {
        const std::string count = "expected a whole number from 0 to 4294967295";
        const std::string tokens = "expected a whole number from 1 to 4294967295";
        const std::string needed = "expected id, arrivalS, promptTokens and generatedTokens";
        const auto refuse = [this](const std::string& text, const std::string& expected) {
            std::string error = "(no error)";
            try
            {
                Parse(text);
            }
            catch (const std::runtime_error& e)
            {
                error = e.what();
            }
            NS_TEST_EXPECT_MSG_EQ(error, expected, "message");
        };
        refuse("", "trace: line 1: no column id, " + needed);
        refuse("\n", "trace: line 1: no column id, " + needed);
        refuse(NAMES, "trace: no request, expected at least one line of them");
        refuse(NAMES + "\r\n\n", "trace: no request, expected at least one line of them");
        refuse("id,arrivalS,promptTokens\n1,0,1\n",
               "trace: line 1: no column generatedTokens, " + needed);
        refuse("\"id\",arrivalS,promptTokens,generatedTokens\n1,0,1,1\n",
               "trace: line 1: no column id, " + needed);
        refuse("id,arrivalS,promptTokens,generatedTokens,id\n1,0,1,1,1\n",
               "trace: line 1, id: two columns of this name, expected one");
        refuse("id,arrivalS,promptTokens,generatedTokens,prefixOf\n1,0,1,1,\n",
               "trace: line 1: no column prefixTokens, expected both prefixOf and prefixTokens, or "
               "none of them");
        refuse("id,arrivalS,promptTokens,generatedTokens,prefixTokens\n1,0,1,1,\n",
               "trace: line 1: no column prefixOf, expected both prefixOf and prefixTokens, or "
               "none of them");
        const std::string good = NAMES + "1,3.25,10,20\n";
        refuse(good + "2,4,5\n", "trace: line 3: 3 fields, expected the 4 of the first line");
        refuse(good + "2,4,5,6,\n", "trace: line 3: 5 fields, expected the 4 of the first line");
        refuse(good + "2\n", "trace: line 3: 1 fields, expected the 4 of the first line");
        refuse(good + "2,,5,6\n",
               "trace: line 3, arrivalS: '', expected a number from 3.25 to 9e+09, in the order of "
               "arrivals");
        for (const std::string bad : {"x",
                                      "nan",
                                      "inf",
                                      "-1",
                                      "1e999",
                                      "9.1e9",
                                      " 4",
                                      "4 ",
                                      "\"4\"",
                                      "0x4",
                                      "4s",
                                      "3.2499999999",
                                      "+4",
                                      "4\r5"})
        {
            std::string shown = bad;
            shown = shown == "4\r5" ? "4?5" : shown;
            refuse(good + "\n2," + bad + ",5,6\n",
                   "trace: line 4, arrivalS: '" + shown +
                       "', expected a number from 3.25 to 9e+09, in the order of arrivals");
        }
        for (const std::string bad : {"", "-1", "1.5", "4294967296", "1e999", "nan", "inf", "one"})
        {
            refuse(good + bad + ",4,5,6\n", "trace: line 3, id: '" + bad + "', " + count);
            refuse(good + "2,4," + bad + ",6\n",
                   "trace: line 3, promptTokens: '" + bad + "', " + tokens);
            refuse(good + "2,4,5," + bad + "\n",
                   "trace: line 3, generatedTokens: '" + bad + "', " + tokens);
        }
        refuse(good + "2,4,0,6\n", "trace: line 3, promptTokens: '0', " + tokens);
        refuse(good + "2,4,5,0\n", "trace: line 3, generatedTokens: '0', " + tokens);
        refuse(good + "1,4,5,6\n", "trace: line 3, id: 1 is there twice, expected one of its own");
        const std::string first = WITH_PREFIX + "1,0,10,20,,\n";
        refuse(first + "2,4,5,6,3,1\n",
               "trace: line 3, prefixOf: 3, expected the id of an earlier request");
        refuse(first + "2,4,5,6,2,1\n",
               "trace: line 3, prefixOf: 2, expected the id of an earlier request");
        refuse(first + "2,4,5,6,x,1\n", "trace: line 3, prefixOf: 'x', " + count);
        refuse(first + "2,4,5,6,1,6\n",
               "trace: line 3, prefixTokens: '6', expected a whole number from 0 to 5, the "
               "promptTokens");
        refuse(first + "2,4,5,6,1,\n",
               "trace: line 3, prefixTokens: '', expected a whole number from 0 to 5, the "
               "promptTokens");
        refuse(first + "2,4,5,6,,3\n",
               "trace: line 3, prefixTokens: '3', expected a whole number from 0 to 0 or none, "
               "without prefixOf");
    }

    /// What no text editor has written: the message stays one short line.
    void CheckOdd()
    {
        const auto errorOf = [](const std::string& text) {
            try
            {
                Parse(text);
            }
            catch (const std::runtime_error& e)
            {
                return std::string(e.what());
            }
            return std::string("(no error)");
        };
        const std::string binary("1,\0\x1b[31m\x7f\xff,5,6\n", 14);
        for (const std::string& text : {NAMES + binary,
                                        NAMES + "1," + std::string(5000, '9') + ",5,6\n",
                                        NAMES + "1," + std::string(2000000, 'x') + ",5,6\n",
                                        std::string(2000000, ','),
                                        std::string(900000, ',') + "\n1\n",
                                        std::string("\0\0\0\0", 4)})
        {
            const std::string error = errorOf(text);
            NS_TEST_EXPECT_MSG_EQ(error.find("trace: line "), 0, error);
            NS_TEST_EXPECT_MSG_EQ((error.size() < 400), true, error.size());
            NS_TEST_EXPECT_MSG_EQ(error.find_first_of("\n\r\x1b\x7f"), std::string::npos, error);
        }
        NS_TEST_EXPECT_MSG_EQ(errorOf(std::string(2000000, ',')),
                              "trace: line 1: 2000000 bytes, expected at most 1000000",
                              "a huge line");
    }

    /// Files: none, a folder, and one that is there.
    void CheckFiles()
    {
        const std::string folder = CreateTempDirFilename("folder");
        std::filesystem::create_directories(folder);
        for (const std::string& path : {folder, folder + "/none.csv", std::string()})
        {
            try
            {
                ReadRequestTrace(path);
                NS_TEST_EXPECT_MSG_EQ(true, false, "refused");
            }
            catch (const std::runtime_error& error)
            {
                NS_TEST_EXPECT_MSG_EQ(std::string(error.what()),
                                      path + ": cannot be read, expected a CSV file of requests",
                                      "message");
            }
        }
        const std::string path = folder + "/trace.csv";
        std::ofstream(path) << NAMES << "1,0,10,20\n";
        NS_TEST_EXPECT_MSG_EQ(ReadRequestTrace(path).size(), 1, "requests");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecRequestTraceTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmMecRequestTraceTestCase::Check check) {
        suite.Add(new LlmMecRequestTraceTestCase(name, check));
    };
    add("good files", &LlmMecRequestTraceTestCase::CheckGood);
    add("who asks", &LlmMecRequestTraceTestCase::CheckMlus);
    add("bad files", &LlmMecRequestTraceTestCase::CheckBad);
    add("odd files", &LlmMecRequestTraceTestCase::CheckOdd);
    add("files", &LlmMecRequestTraceTestCase::CheckFiles);
}

static const LlmMecTests g_llmMecRequestTraceTests(&AddLlmMecRequestTraceTests); //!< registers them
