/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/config.h"
#include "ns3/llm-mec-chat-helper.h"
#include "ns3/mec-batching-engine.h"
#include "ns3/nstime.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// How often each trace source was heard, by its name
using Counts = std::map<std::string, uint32_t>;

/**
 * Connect to trace sources by path.
 * @tparam Args arguments of the source
 * @param path the path, whose last part is the name
 * @param counts what is counted
 * @return whether there is something at that path
 */
template <typename... Args>
bool
Count(const std::string& path, Counts& counts)
{
    const std::string name = path.substr(path.rfind('/') + 1);
    return Config::ConnectWithoutContextFailSafe(
        path,
        Callback<void, Args...>([name, &counts](Args...) { ++counts[name]; }));
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Every trace source is reached by a path, on all cells.
 */
class TracePathTestCase : public TestCase
{
  public:
    TracePathTestCase()
        : TestCase("trace sources are reached by Config paths")
    {
    }

  private:
    void DoRun() override
    {
        CheckOffloading();
        CheckChat();
    }

    /// Sources of chat cells, also the engine's, which is an attribute of an attribute.
    void CheckChat()
    {
        LlmMecChatHelper chat;
        chat.SetPolicy("server");
        chat.SetStream(1);
        const std::string type = "ns3::llmmec::MluChatClient";
        for (const auto& [name, value] : {std::pair{"Interval", "0.3"},
                                          std::pair{"PromptTokens", "40"},
                                          std::pair{"AnswerTokens", "5"}})
        {
            chat.SetClient(
                type,
                name,
                StringValue(std::string("ns3::ConstantRandomVariable[Constant=") + value + "]"));
        }
        chat.InstallCell(2);
        chat.InstallCell(1);

        const std::string applications = "/NodeList/*/ApplicationList/*/$ns3::llmmec::";
        const std::string client = applications + "MluChatClient/";
        const std::string engine = applications + "MecServerApplication/Discipline/"
                                                  "$ns3::llmmec::ContinuousBatchingDiscipline/"
                                                  "Engine/";
        Counts counts;
        const std::vector<bool> found{
            Count<const LlmRequestOutcome&>(client + "Answered", counts),
            Count<const OffloadRequest&, const LinkDelivery&>(client + "Uploaded", counts),
            Count<const TokenJob&>(engine + "Arrival", counts),
            Count<uint64_t, uint32_t, double>(engine + "Admit", counts),
            Count<uint64_t, double>(engine + "FirstToken", counts),
            Count<uint64_t, uint32_t>(engine + "Token", counts),
            Count<const TokenRecord&>(engine + "Done", counts),
            Count<uint64_t, uint32_t>(engine + "Preempt", counts),
            Count<const TokenStepRecord&>(engine + "Step", counts),
            Count<uint32_t, uint32_t>(engine + "Running", counts),
            Count<uint32_t, uint32_t>(engine + "Waiting", counts),
            Count<uint32_t, uint32_t>(engine + "FreeBlocks", counts)};
        for (std::size_t i = 0; i < found.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(found[i], true, "source " << i);
        }
        Simulator::Stop(Seconds(1.15));
        Simulator::Run();
        // Three questions of each of three MLUs.
        const Counts expected = {{"Answered", 9},
                                 {"Uploaded", 9},
                                 {"Arrival", 9},
                                 {"Admit", 9},
                                 {"FirstToken", 9},
                                 {"Token", 45},
                                 {"Done", 9},
                                 {"Preempt", 0}};
        for (const auto& [name, count] : expected)
        {
            NS_TEST_EXPECT_MSG_EQ(counts[name], count, name);
        }
        for (const char* name : {"Step", "Running", "Waiting", "FreeBlocks"})
        {
            NS_TEST_EXPECT_MSG_GT(counts[name], 5, name);
        }
        Simulator::Destroy();
    }

    /// Sources of cells in slots.
    void CheckOffloading()
    {
        LlmMecHelper mec;
        mec.SetPolicy("always-offload");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(4));
        const LlmMecCell cell = mec.InstallCell(3);
        mec.InstallCell(2);

        const std::string applications = "/NodeList/*/ApplicationList/*/$ns3::llmmec::";
        const std::string controller = applications + "OffloadController/";
        const std::string server = applications + "MecServerApplication/";
        const std::string mlu = applications + "MluApplication/";
        using Request = const OffloadRequest&;
        using Delivery = const LinkDelivery&;
        using Observation = const SlotObservation&;
        using Decision = const SlotDecision&;
        Counts counts;
        bool isFound = Count<Request, Delivery>(controller + "Uplink/Delivered", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "Delivered");
        isFound = Count<Observation>(controller + "SlotStarted", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "SlotStarted");
        isFound = Count<Observation, Decision>(controller + "Decision", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "Decision");
        isFound =
            Count<Observation, Decision, const SlotOutcome&>(controller + "SlotEnded", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "SlotEnded");
        isFound = Count<>(controller + "AllEnded", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "AllEnded");
        isFound = Count<const LlmTask&>(mlu + "Task", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "Task");
        isFound = Count<const TaskOutcome&>(mlu + "TaskEnded", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "TaskEnded");
        isFound = Count<Request, Delivery>(server + "Request", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "Request");
        isFound = Count<const OffloadAnswer&>(controller + "Server/Reply", counts);
        NS_TEST_EXPECT_MSG_EQ(isFound, true, "Reply");
        Simulator::Run();

        const Counts expected = {{"Delivered", 20}, // 4 slots of 3 + 2 MLUs
                                 {"SlotStarted", 8},
                                 {"Decision", 8},
                                 {"SlotEnded", 8},
                                 {"AllEnded", 2},
                                 {"Task", 20},
                                 {"TaskEnded", 20},
                                 {"Request", 20},
                                 {"Reply", 20}};
        for (const auto& [name, count] : expected)
        {
            NS_TEST_EXPECT_MSG_EQ(counts[name], count, name);
        }
        PointerValue uplink;
        cell.controller->GetAttribute("Uplink", uplink);
        NS_TEST_EXPECT_MSG_EQ(uplink.Get<MecLink>(), cell.link, "the cell's uplink");
        Simulator::Destroy();
    }
};

/// Add the cases of this file. @param suite the suite
static void
AddTracePathTests(LlmMecTestSuite& suite)
{
    suite.Add(new TracePathTestCase);
}

static const LlmMecTests g_tracePathTests(&AddTracePathTests); //!< registers the cases of this file
