/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/config.h"
#include "ns3/llm-mec-random-variable.h"
#include "ns3/llm-mec-settings.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/uinteger.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Cases of what a user types; each runs one of the checks below.
 */
class LlmMecSettingTestCase : public TestCase
{
  public:
    using Check = void (LlmMecSettingTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    LlmMecSettingTestCase(const std::string& name, Check check)
        : TestCase("Settings: " + name),
          m_check(check)
    {
    }

    /// The command line: numbers, counts, flags, texts.
    void CheckSettings()
    {
        double number = 1.5;
        uint64_t count = 3;
        bool flag = false;
        std::string text = "b";
        const auto parse = [&](const std::vector<std::string>& typed) {
            LlmMecSettings settings;
            settings.AddNumber("number", "a number, m", number, -2, 1e3);
            settings.AddCount("count", "a count", count, 1, 1000000);
            settings.AddFlag("flag", "a flag", flag);
            settings.AddText("text", "a text", text, {"a", "b"});
            std::vector<std::string> words = {"test"};
            words.insert(words.end(), typed.begin(), typed.end());
            std::vector<char*> argv;
            for (std::string& word : words)
            {
                argv.push_back(word.data());
            }
            settings.Parse(static_cast<int>(argv.size()), argv.data(), __FILE__, "A test.");
            return settings.GetValues();
        };
        using Values = std::vector<std::pair<std::string, std::string>>;
        const Values before = {{"number", "1.5"}, {"count", "3"}, {"flag", "0"}, {"text", "b"}};
        NS_TEST_EXPECT_MSG_EQ((parse({}) == before), true, "defaults");
        const Values after = {{"number", "-0.1"}, {"count", "1000"}, {"flag", "1"}, {"text", "a"}};
        NS_TEST_EXPECT_MSG_EQ(
            (parse({"--number=-1e-1", "--count=1e3", "--flag", "--text=a"}) == after),
            true,
            "set");
        NS_TEST_EXPECT_MSG_EQ(number, -0.1, "number");
        NS_TEST_EXPECT_MSG_EQ(count, 1000, "count");
        NS_TEST_EXPECT_MSG_EQ(flag, true, "flag");
        for (const std::string off : {"0", "false", "off"})
        {
            flag = true;
            parse({"--flag=" + off});
            NS_TEST_EXPECT_MSG_EQ(flag, false, off);
        }
        for (const std::string bad :
             {"--number=",      "--number=x",    "--number=1x", "--number=nan", "--number=inf",
              "--number=-2.1",  "--number=1001", "--number= 1", "--number=0x1", "--number=1,5",
              "--count=0",      "--count=2.5",   "--count=-1",  "--count=1e9",  "--count=abc",
              "--flag=2",       "--flag=yes",    "--text=c",    "--text=",      "--text=A",
              "--number=1e999", "number=1",      "stray"})
        {
            ExpectError([&] { parse({bad}); }, {bad, "expected"});
        }
        NS_TEST_EXPECT_MSG_EQ(number, -0.1, "as before");
        NS_TEST_EXPECT_MSG_EQ(count, 1000, "as before");
    }

    /// A number that stands for an attribute of whole numbers.
    void CheckWholeAttributes()
    {
        const std::string attribute = "ns3::llmmec::ContinuousBatchingEngine::Seats";
        const auto parse = [&](const std::string& typed) {
            double seats = 0;
            LlmMecSettings settings;
            settings.AddAttribute("seats", attribute, seats);
            std::vector<std::string> words = {"test", "--seats=" + typed};
            std::vector<char*> argv{words[0].data(), words[1].data()};
            settings.Parse(2, argv.data(), __FILE__, "A test.");
            UintegerValue inForce;
            CreateObject<ContinuousBatchingEngine>()->GetAttribute("Seats", inForce);
            Config::Reset();
            return std::make_pair(seats, inForce.Get());
        };
        // The shortest text of a million has an exponent.
        for (const auto& [typed, seats] :
             std::vector<std::pair<std::string, uint64_t>>{{"7", 7},
                                                           {"1000000", 1000000},
                                                           {"1e6", 1000000},
                                                           {"1000000000", 1000000000}})
        {
            NS_TEST_EXPECT_MSG_EQ(parse(typed).first, static_cast<double>(seats), typed);
            NS_TEST_EXPECT_MSG_EQ(parse(typed).second, seats, typed);
        }
        ExpectError([&] { parse("2.5"); }, {"--seats=2.5: expected a whole number in [1, 1"});
        ExpectError([&] { parse("0"); }, {"--seats=0: expected a whole number in [1, 1"});
        ExpectError([&] { parse("1e300"); }, {"expected a whole number"});
        Config::Reset();
    }

    /// Random variables as a user types them.
    void CheckRandomVariables()
    {
        const auto make = [](const std::string& text) { return MakeRandomVariable("x", text); };
        NS_TEST_EXPECT_MSG_EQ(make("2.5e6")->GetValue(), 2.5e6, "number");
        NS_TEST_EXPECT_MSG_EQ(make("ns3::ConstantRandomVariable[Constant=7]")->GetValue(), 7, "7");
        const auto uniform = make("ns3::UniformRandomVariable[Min=3|Max=4]");
        uniform->SetStream(1);
        double sum = 0;
        for (int i = 0; i < 1000; ++i)
        {
            const double value = uniform->GetValue();
            NS_TEST_ASSERT_MSG_EQ((value >= 3 && value < 4), true, "in range");
            sum += value;
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(sum / 1000, 3.5, 0.05, "mean, five standard deviations");
        NS_TEST_EXPECT_MSG_NE(make("ns3::ExponentialRandomVariable"), nullptr, "no attributes");
        for (const std::string bad : {"",
                                      "abc",
                                      "nan",
                                      "inf",
                                      "ns3::NoSuch",
                                      "ns3::Node",
                                      "ns3::RandomVariableStream",
                                      "ns3::EmpiricalRandomVariable",
                                      "ns3::DeterministicRandomVariable",
                                      "ns3::UniformRandomVariable[Min=1",
                                      "ns3::UniformRandomVariable[Mini=1]",
                                      "ns3::UniformRandomVariable[Min]",
                                      "ns3::UniformRandomVariable[Min=x]"})
        {
            ExpectError([&] { make(bad); }, {"--x=" + bad + ": expected"});
        }
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param run what should fail @param parts what its message has to hold
    template <typename Run>
    void ExpectError(const Run& run, const std::vector<std::string>& parts)
    {
        std::string error = "(no error)";
        try
        {
            run();
        }
        catch (const std::invalid_argument& e)
        {
            error = e.what();
        }
        for (const std::string& part : parts)
        {
            NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error << ": no " << part);
        }
        NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, "one line: " << error);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddLlmMecSettingTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, LlmMecSettingTestCase::Check check) {
        suite.Add(new LlmMecSettingTestCase(name, check));
    };
    add("command line", &LlmMecSettingTestCase::CheckSettings);
    add("attributes of whole numbers", &LlmMecSettingTestCase::CheckWholeAttributes);
    add("random variables", &LlmMecSettingTestCase::CheckRandomVariables);
}

static const LlmMecTests g_llmMecSettingTests(
    &AddLlmMecSettingTests); //!< registers the cases of this file
