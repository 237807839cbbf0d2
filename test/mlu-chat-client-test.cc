/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-link.h"
#include "llm-mec-tests.h"
#include "round-serving.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/llm-mec-chat-helper.h"
#include "ns3/mec-continuous-batching-discipline.h"
#include "ns3/mobility-model.h"
#include "ns3/pointer.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

const std::string CLIENT = "ns3::llmmec::MluChatClient";        //!< type of the clients
const std::string CHANNEL = "ns3::llmmec::MecUplinkChannel";    //!< type of the fluid link
const std::string SERVER = "ns3::llmmec::MecServerApplication"; //!< type of servers

/// @param weightsUs time to read the weights, us @return numbers that are easy to add: 0.1 ms a
/// token in tiles of one, 1 ms of overhead
Ptr<StepTimeModel>
MakeRoundModel(double weightsUs)
{
    LlmServing serving = MakeRoundServing(weightsUs);
    serving.law.gemmUsPerToken = 100;
    return MakeStepTimes(serving);
}

/// @param value a number @return a random variable that is always that
StringValue
Constant(double value)
{
    return StringValue("ns3::ConstantRandomVariable[Constant=" + std::to_string(value) + "]");
}

/// A cell and what became of its questions
struct Watched
{
    LlmMecChatCell cell;                                 //!< the cell
    Ptr<ContinuousBatchingEngine> engine;                //!< of its server, or null
    std::vector<LlmRequestOutcome> outcomes;             //!< in the order of their ends
    std::map<std::pair<uint32_t, uint64_t>, int> endsOf; //!< how often each question has ended

    /// @param chat builds the cell @param mlus number of MLUs @param hasFading of a fluid link
    Watched(LlmMecChatHelper& chat, uint32_t mlus, bool hasFading = false)
        : cell(chat.InstallCell(mlus))
    {
        const auto discipline = cell.server->GetDiscipline();
        if (const auto batching = DynamicCast<ContinuousBatchingDiscipline>(discipline))
        {
            engine = batching->GetEngine();
        }
        if (!hasFading && cell.link->GetInstanceTypeId().GetName() == CHANNEL)
        {
            PointerValue loss;
            cell.link->GetAttribute("PropagationLossModel", loss);
            loss.Get<PropagationLossModel>()->SetNext(nullptr);
        }
        for (const auto& client : cell.clients)
        {
            client->TraceConnectWithoutContext(
                "Answered",
                Callback<void, const LlmRequestOutcome&>([this](const LlmRequestOutcome& outcome) {
                    outcomes.push_back(outcome);
                    ++endsOf[{outcome.mlu, outcome.id}];
                }));
        }
    }

    /// @param seconds when the clients stop asking, s
    void StopAsking(double seconds)
    {
        for (const auto& client : cell.clients)
        {
            client->SetStopTime(Seconds(seconds));
        }
    }

    /// @param pick of an outcome @return sum over all
    template <typename Pick>
    double Sum(Pick pick) const
    {
        double sum = 0;
        for (const LlmRequestOutcome& outcome : outcomes)
        {
            sum += pick(outcome);
        }
        return sum;
    }
};

/// @param run what to do @return what it threw
template <typename Run>
std::string
ErrorOf(Run run)
{
    try
    {
        run();
    }
    catch (const std::exception& error)
    {
        return error.what();
    }
    return "(no error)";
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of the chat client; each runs one of the checks below.
 */
class MluChatClientTestCase : public TestCase
{
  public:
    using Check = void (MluChatClientTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MluChatClientTestCase(const std::string& name, Check check)
        : TestCase("chat client: " + name),
          m_check(check)
    {
    }

    /// A device is a queue of one server with Poisson arrivals and constant service, whose mean
    /// wait Pollaczek and Khinchine have.
    void CheckDeviceQueue()
    {
        // A prompt of 100 tokens takes 11 ms, as do the nine tokens after the first.
        const double serviceS = 10 * 0.011;
        for (const double load : {0.3, 0.7})
        {
            LlmMecChatHelper chat;
            chat.SetStream(1);
            chat.SetPolicy("device");
            chat.SetServing(MakeRoundModel(10000));
            chat.SetDeviceServing(MakeRoundModel(10000));
            chat.SetClient(CLIENT, "PromptTokens", Constant(100), "AnswerTokens", Constant(10));
            chat.SetClient(CLIENT,
                           "Interval",
                           StringValue("ns3::ExponentialRandomVariable[Mean=" +
                                       std::to_string(serviceS / load) + "]"));
            Watched watched(chat, 1);
            watched.StopAsking(60000 * serviceS / load);
            Simulator::Run();
            const auto answers = static_cast<double>(watched.outcomes.size());
            NS_TEST_EXPECT_MSG_EQ_TOL(answers, 60000, 1000, "questions at this rate");
            const double waitS = watched.Sum([](const auto& o) { return *o.queueS; }) / answers;
            const double expectedS = load * serviceS / (2 * (1 - load));
            NS_TEST_EXPECT_MSG_EQ_TOL(waitS, expectedS, 0.06 * expectedS, "mean wait");
            double beforeS = 0;
            for (const LlmRequestOutcome& outcome : watched.outcomes)
            {
                NS_TEST_ASSERT_MSG_EQ(outcome.isLocal, true, "the device answers");
                NS_TEST_ASSERT_MSG_EQ_TOL(outcome.latencyS,
                                          *outcome.queueS + serviceS,
                                          1e-9,
                                          "wait and service");
                NS_TEST_ASSERT_MSG_EQ_TOL(outcome.ttftS, *outcome.queueS + 0.011, 1e-9, "TTFT");
                NS_TEST_ASSERT_MSG_EQ_TOL(*outcome.tpotS, 0.011, 1e-9, "TPOT");
                const double doneS = outcome.arrivalS + outcome.latencyS;
                NS_TEST_ASSERT_MSG_EQ((doneS >= beforeS + serviceS - 1e-8), true, "in order");
                NS_TEST_ASSERT_MSG_EQ((outcome.deviceEnergyJ > 0), true, "the device's energy");
                NS_TEST_ASSERT_MSG_EQ(outcome.uplinkEnergyJ, 0, "nothing is sent");
                beforeS = doneS;
            }
            ExpectEachOnce(watched);
            Simulator::Destroy();
        }
    }

    /// A lone MLU: the upload by Shannon, then the engine's steps; tokens that come one by one, and
    /// answers that come as a whole.
    void CheckServerAlone()
    {
        for (const bool streams : {true, false})
        {
            LlmMecChatHelper chat;
            SetLone(chat, "server");
            chat.SetServer(SERVER, "StreamTokens", BooleanValue(streams));
            Watched watched(chat, 1);
            watched.StopAsking(350);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 3, "a question each 100 s");
            // 300 tokens of 32 bits at 23 dBm; free space with -30 dB at 1 m.
            const auto mlu = watched.cell.mlus.Get(0)->GetObject<MobilityModel>();
            const auto server = watched.cell.serverNode->GetObject<MobilityModel>();
            const double distanceM = mlu->GetDistanceFrom(server);
            const double powerW = std::pow(10, -0.7);
            const double snr =
                powerW * 1e-3 / (distanceM * distanceM) / std::pow(10, (-104.0 - 30) / 10);
            const double uploadS = 300 * 32 / (10e6 * std::log2(1 + snr));
            const double promptS = 0.001 + 0.030;
            const double engineS = promptS + 4 * 0.011;
            for (const LlmRequestOutcome& outcome : watched.outcomes)
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.uplinkLatencyS, uploadS, 1e-8, "upload");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.latencyS, uploadS + engineS, 2e-8, "latency");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.ttftS,
                                          uploadS + (streams ? promptS : engineS),
                                          2e-8,
                                          "TTFT");
                NS_TEST_EXPECT_MSG_EQ(outcome.tpotS.has_value(), streams, "TPOT");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.tpotS.value_or(0.011), 0.011, 1e-8, "TPOT");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.uplinkEnergyJ, powerW * uploadS, 1e-9, "radio");
                NS_TEST_EXPECT_MSG_EQ(outcome.deviceEnergyJ, 0, "the device computes nothing");
                NS_TEST_EXPECT_MSG_EQ(*outcome.queueS, 0, "the device is free");
                NS_TEST_EXPECT_MSG_EQ(outcome.isLocal, false, "the server answers");
                NS_TEST_EXPECT_MSG_EQ(outcome.uplinkCapped, false, "it is sent whole");
            }
            ExpectServerEnergy(watched);
            ExpectEachOnce(watched);
            Simulator::Destroy();
        }
    }

    /// Policies: each decides as it says.
    void CheckPolicies()
    {
        RequestObservation observation;
        observation.deviceWaitS = 1;
        observation.deviceLatencyS = 2;
        observation.uplinkS = 0.5;
        observation.serverLatencyS = 2.4;
        const auto faster = CreateObject<FasterRequestPolicy>();
        NS_TEST_EXPECT_MSG_EQ(faster->Offloads(observation), true, "2.9 s before 3 s");
        observation.serverLatencyS = 2.6;
        NS_TEST_EXPECT_MSG_EQ(faster->Offloads(observation), false, "3.1 s after 3 s");
        observation.uplinkS = 0.25;
        observation.deviceWaitS = 0.5;
        NS_TEST_EXPECT_MSG_EQ(faster->Offloads(observation), false, "2.85 s after 2.5 s");

        // The server takes 0.075 s and the upload, the device as much as its weights say.
        for (const double weightsUs : {1000.0, 100000.0})
        {
            LlmMecChatHelper chat;
            SetLone(chat, "faster");
            chat.SetDeviceServing(MakeRoundModel(weightsUs));
            Watched watched(chat, 1);
            watched.StopAsking(250);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 2, "answers");
            NS_TEST_EXPECT_MSG_EQ(watched.outcomes[0].isLocal,
                                  (weightsUs < 10000),
                                  "who is faster");
            Simulator::Destroy();
        }

        LlmMecChatHelper chat;
        SetLone(chat, "random");
        chat.SetPolicy("random", "ServerShare", DoubleValue(0.3));
        chat.SetClient(CLIENT, "Interval", Constant(1));
        Watched watched(chat, 4);
        watched.StopAsking(1000.5);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 4000, "answers");
        const double atServer = watched.Sum([](const auto& o) { return !o.isLocal; });
        NS_TEST_EXPECT_MSG_EQ_TOL(atServer, 1200, 4 * std::sqrt(4000 * 0.3 * 0.7), "share");
        ExpectServerEnergy(watched);
        ExpectEachOnce(watched);
        Simulator::Destroy();
    }

    /// A link that loses every third prompt: a question ends once, prompts wait for the radio.
    void CheckLoss()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "server");
        chat.SetLink("ns3::PipeLink", "LosesEach", UintegerValue(3));
        chat.SetClient(CLIENT, "Interval", Constant(0.2)); // and an upload takes 0.25 s
        Watched watched(chat, 1);
        watched.StopAsking(6.1);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 30, "questions");
        NS_TEST_EXPECT_MSG_EQ(watched.Sum([](const auto& o) { return o.isLost; }), 10, "lost");
        for (const LlmRequestOutcome& outcome : watched.outcomes)
        {
            const double sentS = UPLOAD_S * (1 + static_cast<double>(outcome.id)) + 0.2;
            const double uplinkS = sentS - outcome.arrivalS;
            const double energyJ = std::pow(10, -0.7) * UPLOAD_S / 2;
            NS_TEST_EXPECT_MSG_EQ(outcome.isLost, (outcome.id % 3 == 2), "every third");
            NS_TEST_EXPECT_MSG_EQ_TOL(outcome.uplinkLatencyS, uplinkS, 1e-8, "with its wait");
            NS_TEST_EXPECT_MSG_EQ_TOL(outcome.uplinkEnergyJ, energyJ, 1e-12, "of the time on air");
            if (outcome.isLost)
            {
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.latencyS, uplinkS, 1e-8, "until it was lost");
                continue;
            }
            // The engine may be at a decode of the question before.
            NS_TEST_EXPECT_MSG_EQ_TOL(outcome.latencyS,
                                      uplinkS + FLIGHT_S + 0.075 + DOWNLINK_S,
                                      1e-7,
                                      "upload, flight, engine, answer");
            NS_TEST_EXPECT_MSG_EQ_TOL(outcome.ttftS,
                                      uplinkS + FLIGHT_S + 0.031 + DOWNLINK_S,
                                      1e-7,
                                      "the first token has its way, too");
        }
        ExpectServerEnergy(watched);
        ExpectEachOnce(watched);
        Simulator::Destroy();
    }

    /// A question can be cancelled wherever it is, and ends there.
    void CheckCancel()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "server");
        chat.SetLink("ns3::PipeLink");
        chat.SetClient(CLIENT, "Interval", Constant(0.01));
        Watched watched(chat, 1);
        watched.StopAsking(0.055);
        const Ptr<MluChatClient> client = watched.cell.clients[0];
        std::map<uint64_t, bool> wasHere;
        const auto cancel = [&](double atS, uint64_t id) {
            Simulator::Schedule(Seconds(atS), [&, id] { wasHere[id] = client->Cancel(id); });
        };
        cancel(0.1, 4);   // waits for the radio
        cancel(0.11, 0);  // is being sent: the next goes up from 0.11 to 0.36
        cancel(0.4, 1);   // between link and server
        cancel(0.755, 2); // sent from 0.36 to 0.61, at the server from 0.735
        cancel(2, 3);     // answered
        cancel(2.1, 77);  // never asked
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 5, "questions");
        NS_TEST_EXPECT_MSG_EQ((wasHere[0] && wasHere[1] && wasHere[2] && wasHere[4]), true, "here");
        NS_TEST_EXPECT_MSG_EQ((wasHere[3] || wasHere[77]), false, "not here");
        std::map<uint64_t, LlmRequestOutcome> of;
        for (const LlmRequestOutcome& outcome : watched.outcomes)
        {
            of[outcome.id] = outcome;
            NS_TEST_EXPECT_MSG_EQ(outcome.isCancelled, (outcome.id != 3), "cancelled");
        }
        const double airW = std::pow(10, -0.7);
        NS_TEST_EXPECT_MSG_EQ_TOL(of[0].latencyS, 0.1, 1e-8, "until the user left");
        NS_TEST_EXPECT_MSG_EQ_TOL(of[0].uplinkEnergyJ, airW * 0.1, 1e-8, "of what was sent");
        NS_TEST_EXPECT_MSG_EQ(of[4].uplinkEnergyJ, 0, "nothing was sent");
        NS_TEST_EXPECT_MSG_EQ_TOL(of[4].uplinkLatencyS, 0.05, 1e-8, "it has waited");
        NS_TEST_EXPECT_MSG_EQ_TOL(of[1].uplinkEnergyJ, airW * 0.125, 1e-8, "a whole upload");
        NS_TEST_EXPECT_MSG_EQ_TOL(of[3].uplinkLatencyS, 0.86 - 0.04, 1e-8, "the next in turn");
        NS_TEST_EXPECT_MSG_EQ((watched.engine->GetCancelledEnergyJ() > 0), true, "of question 2");
        const KvBlockPool& pool = watched.engine->GetScheduler().GetPool();
        NS_TEST_EXPECT_MSG_EQ(pool.GetFree(), pool.GetTotal(), "KV blocks");
        ExpectEachOnce(watched);
        Simulator::Destroy();
    }

    /// Who is told of an upload, a token or an answer may cancel; a server that forgets a request
    /// by itself answers nothing, and nothing breaks.
    void CheckCancelWhenTold()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "server");
        chat.SetClient(CLIENT, "Interval", Constant(0.02));
        Watched watched(chat, 3);
        watched.StopAsking(1.01);
        uint32_t told = 0;
        for (const auto& client : watched.cell.clients)
        {
            client->TraceConnectWithoutContext(
                "Uploaded",
                Callback<void, const OffloadRequest&, const LinkDelivery&>(
                    [client = PeekPointer(client), &told](const OffloadRequest& request,
                                                          const LinkDelivery&) {
                        ++told;
                        if (told % 5 == 0)
                        {
                            client->Cancel(request.taskId);
                        }
                    }));
        }
        // All that compute in the same step have their tokens at one instant: cancel the others'.
        watched.cell.server->TraceConnectWithoutContext(
            "Reply",
            Callback<void, const OffloadAnswer&>([&](const OffloadAnswer& answer) {
                if (answer.request.taskId % 7 == 3)
                {
                    for (const auto& client : watched.cell.clients)
                    {
                        client->Cancel(answer.request.taskId);
                        client->Cancel(answer.request.taskId + 1);
                    }
                }
            }));
        Simulator::Run();
        const double cancelled = watched.Sum([](const auto& o) { return o.isCancelled; });
        NS_TEST_EXPECT_MSG_EQ(watched.outcomes.size(), 150, "questions");
        NS_TEST_EXPECT_MSG_EQ((cancelled > 40 && cancelled < 110), true, cancelled);
        NS_TEST_EXPECT_MSG_EQ(watched.cell.clients[0]->GetPending(), 0, "none is left");
        ExpectEachOnce(watched);
        Simulator::Destroy();

        LlmMecChatHelper alone;
        SetLone(alone, "server");
        Watched forgotten(alone, 1);
        forgotten.StopAsking(150);
        bool wasThere = false;
        bool isPending = false;
        Simulator::Schedule(Seconds(100.05),
                            [&] { wasThere = forgotten.cell.server->Cancel(0, 0); });
        Simulator::Schedule(Seconds(110), [&] {
            isPending = forgotten.cell.clients[0]->GetPending() == 1;
            forgotten.cell.clients[0]->Cancel(0);
        });
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ((wasThere && isPending), true, "the client was not told");
        NS_TEST_ASSERT_MSG_EQ(forgotten.outcomes.size(), 1, "one question");
        NS_TEST_EXPECT_MSG_EQ_TOL(forgotten.outcomes[0].latencyS, 10, 1e-8, "until it gave up");
        Simulator::Destroy();
    }

    /// A device goes on with what was cancelled, and the question has ended all the same.
    void CheckCancelLocally()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "device");
        chat.SetClient(CLIENT, "Interval", Constant(0.05)); // and an answer takes 0.075 s
        Watched watched(chat, 1);
        watched.StopAsking(0.12);
        Simulator::Schedule(Seconds(0.06), [&] { watched.cell.clients[0]->Cancel(0); });
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 2, "questions");
        NS_TEST_EXPECT_MSG_EQ_TOL(watched.outcomes[0].latencyS, 0.01, 1e-8, "cancelled");
        NS_TEST_EXPECT_MSG_EQ_TOL(*watched.outcomes[1].queueS, 0.025, 1e-8, "it waits for that");
        ExpectEachOnce(watched);
        Simulator::Destroy();
    }

    /// Textbook servers have no tokens: answers come as a whole.
    void CheckTextbook()
    {
        for (const std::string name :
             {"FirstComeFirstServed", "ProcessorSharing", "DedicatedServer"})
        {
            LlmMecChatHelper chat;
            SetLone(chat, "server");
            chat.SetServerDiscipline("ns3::llmmec::" + name + "Discipline");
            Watched watched(chat, 2);
            watched.StopAsking(150);
            Simulator::Run();
            NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 2, "answers");
            const double serverS[2] = {
                watched.outcomes[0].latencyS - watched.outcomes[0].uplinkLatencyS,
                watched.outcomes[1].latencyS - watched.outcomes[1].uplinkLatencyS};
            const bool isShared = name == "ProcessorSharing" || name == "FirstComeFirstServed";
            NS_TEST_EXPECT_MSG_EQ_TOL(serverS[1], (isShared ? 0.15 : 0.075), 2e-3, "the last");
            NS_TEST_EXPECT_MSG_EQ_TOL(serverS[0],
                                      (name == "ProcessorSharing" ? 0.15 : 0.075),
                                      2e-3,
                                      "the first");
            for (const LlmRequestOutcome& outcome : watched.outcomes)
            {
                NS_TEST_EXPECT_MSG_EQ(outcome.ttftS, outcome.latencyS, "the whole answer");
                NS_TEST_EXPECT_MSG_EQ(outcome.tpotS.has_value(), false, "no TPOT");
                NS_TEST_EXPECT_MSG_EQ(outcome.queueS.has_value(), false, "no queue");
                NS_TEST_EXPECT_MSG_EQ(outcome.serverEnergyJ.has_value(), false, "no energy");
            }
            Simulator::Destroy();
        }
        LlmMecChatHelper chat;
        SetLone(chat, "server");
        chat.SetServer(SERVER, "StreamTokens", BooleanValue(true));
        chat.SetServerDiscipline("ns3::llmmec::ProcessorSharingDiscipline");
        Watched watched(chat, 1);
        watched.StopAsking(150);
        const std::string error = ErrorOf([] { Simulator::Run(); });
        NS_TEST_EXPECT_MSG_NE(error.find("has no tokens, expected"), std::string::npos, error);
        Simulator::Destroy();
    }

    /// Without a channel a prompt is ended at the cap of the link, counts as delivered and is
    /// flagged.
    void CheckCap()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "server");
        chat.SetClient(CLIENT, "PowerDbm", DoubleValue(-200));
        Watched watched(chat, 1);
        watched.StopAsking(150);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 1, "answers");
        const LlmRequestOutcome& outcome = watched.outcomes[0];
        NS_TEST_EXPECT_MSG_EQ(outcome.uplinkCapped, true, "flagged");
        NS_TEST_EXPECT_MSG_EQ(outcome.isLost, false, "counts as delivered");
        NS_TEST_EXPECT_MSG_EQ_TOL(outcome.uplinkLatencyS, 10, 1e-7, "MaxLatency");
        NS_TEST_EXPECT_MSG_EQ_TOL(outcome.latencyS, 10.075, 1e-7, "and the engine's time");
        Simulator::Destroy();
    }

    /// A simulation that is stopped in the middle leaves nothing but what is pending.
    void CheckStop()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "random");
        chat.SetClient(CLIENT, "Interval", Constant(0.03), "AnswerTokens", Constant(500));
        Watched watched(chat, 5);
        uint32_t asked = 0;
        Simulator::Stop(Seconds(3.02));
        Simulator::Run();
        std::size_t pending = 0;
        for (const auto& client : watched.cell.clients)
        {
            pending += client->GetPending();
            asked += 100;
        }
        NS_TEST_EXPECT_MSG_GT(pending, 0, "some are under way");
        NS_TEST_EXPECT_MSG_EQ(watched.outcomes.size() + pending, asked, "none is missing");
        ExpectEachOnce(watched);
        Simulator::Destroy();
    }

    /// What a client cannot do with ends in one line.
    void CheckRefusals()
    {
        const auto errorOf = [](auto set) {
            LlmMecChatHelper chat;
            SetLone(chat, "server");
            const std::string error = ErrorOf([&] {
                set(chat);
                Watched watched(chat, 1);
                Simulator::Run();
            });
            Simulator::Destroy();
            return error;
        };
        const auto expect = [this](const std::string& error, const std::string& part) {
            NS_TEST_EXPECT_MSG_NE(error.find(part), std::string::npos, error);
            NS_TEST_EXPECT_MSG_EQ(error.find('\n'), std::string::npos, error);
        };
        for (const auto& [name, value, part] :
             {std::tuple{"Interval",
                         -1.0,
                         "Interval drew -1, expected a number from 1e-09 to 9e+09"},
              std::tuple{"Interval", 0.0, "Interval drew 0, expected a number from 1e-09 to"},
              std::tuple{"PromptTokens", -2.0, "PromptTokens drew -2, expected a number from 0"},
              std::tuple{"AnswerTokens", 5e9, "AnswerTokens drew 5e+09, expected a number from 0"},
              std::tuple{"PromptTokens", 4e9, "task 0 of MLU 0: 4000000000 prompt tokens and 5"},
              std::tuple{"PromptTokens", 1e7, "KV blocks, expected at most the"}})
        {
            expect(errorOf([n = name, v = value](LlmMecChatHelper& chat) {
                       chat.SetClient(CLIENT, n, Constant(v));
                   }),
                   part);
        }
        expect(errorOf([](LlmMecChatHelper& chat) {
                   chat.SetLink(CHANNEL, "Interference", StringValue("Slot"));
               }),
               "Interference is Slot, but no controller has announced a slot, expected Active");
        expect(
            errorOf([](LlmMecChatHelper& chat) {
                chat.SetClient(CLIENT, "Policy", StringValue("ns3::llmmec::DeviceRequestPolicy"));
            }),
            "was set by SetClient, expected SetPolicy");
        expect(errorOf([](LlmMecChatHelper& chat) {
                   chat.SetServer(SERVER,
                                  "Discipline",
                                  StringValue("ns3::llmmec::FirstComeFirstServedDiscipline"));
               }),
               "was set by SetServer, expected SetServerDiscipline");
    }

    /// Each MLU draws from random variables of its own, also where they are set by one text.
    void CheckOwnVariables()
    {
        LlmMecChatHelper chat;
        chat.SetStream(7);
        chat.SetPolicy("device");
        chat.SetServing(MakeRoundModel(10000));
        chat.SetDeviceServing(MakeRoundModel(10000));
        const std::string exponential = "ns3::ExponentialRandomVariable[Mean=5]";
        chat.SetClient(CLIENT, "Interval", StringValue(exponential));
        const LlmMecChatCell cell = chat.InstallCell(3);
        std::map<Ptr<RandomVariableStream>, int> variables;
        std::map<double, int> draws;
        for (const auto& client : cell.clients)
        {
            for (const char* name : {"Interval", "PromptTokens", "AnswerTokens"})
            {
                PointerValue value;
                client->GetAttribute(name, value);
                const auto variable = value.Get<RandomVariableStream>();
                ++variables[variable];
                ++draws[variable->GetValue()];
            }
        }
        NS_TEST_EXPECT_MSG_EQ(variables.size(), 9, "variables");
        NS_TEST_EXPECT_MSG_EQ(draws.size(), 9, "streams of their own");
        Simulator::Destroy();
    }

    /// A client asks what it is told to, beside questions of random times or without them; the
    /// server gets the prefix; numbers do not collide.
    void CheckAsk()
    {
        LlmMecChatHelper chat;
        SetLone(chat, "server");
        chat.SetClient(CLIENT, "Interval", PointerValue());
        Watched watched(chat, 2);
        const auto ask = [&watched](double atS, uint32_t mlu, uint64_t id, uint32_t prompt) {
            Simulator::Schedule(Seconds(atS), [&watched, mlu, id, prompt] {
                const auto prefix = mlu == 1 ? std::optional(TextPrefix{0, 7, 320}) : std::nullopt;
                watched.cell.clients[mlu]->Ask(id, prompt, 5, prefix);
            });
        };
        ask(1, 0, 7, 320);
        ask(2, 1, 7, 400);
        ask(3, 1, 3, 320);
        Simulator::Run();
        NS_TEST_ASSERT_MSG_EQ(watched.outcomes.size(), 3, "those and no others");
        for (const auto& [place, id, cached] :
             {std::tuple{0, 7U, 0U}, std::tuple{1, 7U, 320U}, std::tuple{2, 3U, 304U}})
        {
            const LlmRequestOutcome& outcome = watched.outcomes[place];
            NS_TEST_EXPECT_MSG_EQ(outcome.id, id, "number");
            NS_TEST_EXPECT_MSG_EQ(outcome.arrivalS, place + 1, "when it was asked");
            NS_TEST_EXPECT_MSG_EQ(outcome.answerTokens, 5, "tokens");
            NS_TEST_EXPECT_MSG_EQ(outcome.cachedTokens, cached, "of the prefix, not the last");
        }
        ExpectServerEnergy(watched);
        Simulator::Destroy();

        LlmMecChatHelper both;
        SetLone(both, "device");
        Watched beside(both, 1);
        beside.StopAsking(350);
        const Ptr<MluChatClient> client = beside.cell.clients[0];
        std::vector<std::string> errors;
        Simulator::Schedule(Seconds(150), [&] {
            client->Ask(10, 100, 9);
            errors.push_back(ErrorOf([&] { client->Ask(10, 100, 9); }));
            errors.push_back(ErrorOf([&] { client->Ask(11, 0, 9); }));
            errors.push_back(ErrorOf([&] { client->Ask(11, 100, 0); }));
        });
        Simulator::Run();
        std::vector<uint64_t> ids;
        for (const LlmRequestOutcome& outcome : beside.outcomes)
        {
            ids.push_back(outcome.id);
        }
        NS_TEST_EXPECT_MSG_EQ((ids == std::vector<uint64_t>{0, 10, 11, 12}), true, "numbers");
        errors.push_back(ErrorOf([] { CreateObject<MluChatClient>()->Ask(0, 1, 1); }));
        const std::vector<std::string> expected{
            "MluChatClient: question 10 of MLU 0 is under way, expected a number of its own",
            "MluChatClient: question 11 of MLU 0: 0 prompt tokens and 9 answer tokens, expected at "
            "least one of each",
            "MluChatClient: question 11 of MLU 0: 100 prompt tokens and 0 answer tokens, expected "
            "at least one of each",
            "MluChatClient: question 0 was asked before Join, expected a cell"};
        for (std::size_t i = 0; i < expected.size(); ++i)
        {
            NS_TEST_EXPECT_MSG_EQ(errors.at(i), expected[i], "message");
        }
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// One question of 300 and 5 tokens each 100 s, with round numbers. @param chat gets it
    /// @param policy who answers
    static void SetLone(LlmMecChatHelper& chat, const std::string& policy)
    {
        chat.SetStream(1);
        chat.SetPolicy(policy);
        chat.SetServing(MakeRoundModel(10000));
        chat.SetDeviceServing(MakeRoundModel(10000));
        chat.SetClient(CLIENT, "Interval", Constant(100));
        chat.SetClient(CLIENT, "PromptTokens", Constant(300), "AnswerTokens", Constant(5));
    }

    /// @param watched a cell: each question has ended once, and has one of the ends
    void ExpectEachOnce(const Watched& watched)
    {
        for (const auto& [question, ends] : watched.endsOf)
        {
            NS_TEST_EXPECT_MSG_EQ(ends, 1, "MLU " << question.first << ", " << question.second);
        }
        for (const LlmRequestOutcome& outcome : watched.outcomes)
        {
            NS_TEST_EXPECT_MSG_EQ((outcome.isLost && outcome.isCancelled), false, "one end");
            NS_TEST_EXPECT_MSG_EQ((std::isfinite(outcome.latencyS) && outcome.latencyS >= 0),
                                  true,
                                  "a time");
        }
    }

    /// @param watched a cell that is done: energies of the questions add up to those of the steps
    void ExpectServerEnergy(const Watched& watched)
    {
        const double stepsJ = watched.engine->GetStepEnergyJ();
        const double requestsJ =
            watched.Sum([](const auto& o) { return o.serverEnergyJ.value_or(0); });
        NS_TEST_EXPECT_MSG_EQ((stepsJ > 0), true, "steps take energy");
        NS_TEST_EXPECT_MSG_EQ_TOL(requestsJ, stepsJ, 1e-9 * stepsJ, "energy of the server");
        const double allJ = watched.Sum([](const auto& o) { return o.GetEnergyJ(); });
        const double partsJ =
            watched.Sum([](const auto& o) { return o.deviceEnergyJ + o.uplinkEnergyJ; });
        NS_TEST_EXPECT_MSG_EQ_TOL(allJ, partsJ + stepsJ, 1e-9 * allJ, "end to end");
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMluChatClientTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MluChatClientTestCase::Check check) {
        suite.Add(new MluChatClientTestCase(name, check));
    };
    add("a device is a queue", &MluChatClientTestCase::CheckDeviceQueue);
    add("a server alone", &MluChatClientTestCase::CheckServerAlone);
    add("policies", &MluChatClientTestCase::CheckPolicies);
    add("lost prompts", &MluChatClientTestCase::CheckLoss);
    add("cancelling", &MluChatClientTestCase::CheckCancel);
    add("cancelling when told", &MluChatClientTestCase::CheckCancelWhenTold);
    add("cancelling at the device", &MluChatClientTestCase::CheckCancelLocally);
    add("textbook servers", &MluChatClientTestCase::CheckTextbook);
    add("the cap of an upload", &MluChatClientTestCase::CheckCap);
    add("stopped in the middle", &MluChatClientTestCase::CheckStop);
    add("refusals", &MluChatClientTestCase::CheckRefusals);
    add("variables of one's own", &MluChatClientTestCase::CheckOwnVariables);
    add("asking", &MluChatClientTestCase::CheckAsk);
}

static const LlmMecTests g_mluChatClientTests(&AddMluChatClientTests); //!< registers this file's
