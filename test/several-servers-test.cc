/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-tests.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/offload-problem.h"
#include "ns3/pointer.h"
#include "ns3/propagation-loss-model.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr double B = 10e6;                  //!< bandwidth of each server, Hz
const double N0 = std::pow(10, -13.4);      //!< noise over it, W
constexpr double SERVER_HZ[] = {10e9, 4e9}; //!< clocks of the servers, cycles/s

/// @param servers one index per MLU @return the same as an array
Eigen::ArrayXi
Servers(const std::vector<int>& servers)
{
    return Eigen::Map<const Eigen::ArrayXi>(servers.data(),
                                            static_cast<Eigen::Index>(servers.size()));
}

/// @param shares one per MLU @return the same as an array
Eigen::ArrayXd
Shares(const std::vector<double>& shares)
{
    return Eigen::Map<const Eigen::ArrayXd>(shares.data(),
                                            static_cast<Eigen::Index>(shares.size()));
}

/// A random cell with two servers, and a decision
struct TwoServers
{
    Eigen::ArrayXXd gain;  //!< K x 2, linear
    SlotDecision decision; //!< with servers
};

/// @param rng source of randomness @param n K @param withShares also shares of the bands
/// @return the cell
TwoServers
Draw(std::mt19937& rng, Eigen::Index n, bool withShares)
{
    const auto draw = [&rng](double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(rng);
    };
    TwoServers cell;
    cell.gain.resize(n, 2);
    cell.decision = {Eigen::ArrayXd(n), Eigen::ArrayXd(n)};
    cell.decision.server.resize(n);
    for (Eigen::Index k = 0; k < n; ++k)
    {
        cell.gain(k, 0) = std::pow(10, draw(-7, -4));
        cell.gain(k, 1) = std::pow(10, draw(-7, -4));
        cell.decision.offloadRatio[k] = draw(0.05, 1);
        cell.decision.powerW[k] = draw(0.01, 1.9);
        cell.decision.server[k] = std::uniform_int_distribution<int>(0, 1)(rng);
    }
    if (withShares)
    {
        cell.decision.bandwidthShare.resize(n);
        for (double& share : cell.decision.bandwidthShare)
        {
            share = draw(0.01, 1.0 / static_cast<double>(n));
        }
    }
    return cell;
}

/// @param c the cell @param k an MLU @return its rate, from Shannon's formula alone
double
RateOf(const TwoServers& c, Eigen::Index k)
{
    const int server = c.decision.server[k];
    const double receivedW = c.decision.powerW[k] * c.gain(k, server);
    if (c.decision.bandwidthShare.size() > 0)
    {
        const double share = c.decision.bandwidthShare[k];
        return share * B * std::log2(1 + receivedW / (share * N0));
    }
    double interferenceW = 0;
    for (Eigen::Index l = 0; l < c.gain.rows(); ++l)
    {
        if (l != k && c.decision.server[l] == server)
        {
            interferenceW += c.decision.powerW[l] * c.gain(l, server);
        }
    }
    return B * std::log2(1 + receivedW / (interferenceW + N0));
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cells with two servers: gains, bands, clocks and shares of each.
 */
class SeveralServersTestCase : public TestCase
{
  public:
    using Check = void (SeveralServersTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    SeveralServersTestCase(const std::string& name, Check check)
        : TestCase("Several servers: " + name),
          m_check(check)
    {
    }

    /// MLUs of one server interfere with each other alone, or with shares not at all.
    void CheckSlots()
    {
        std::mt19937 rng(3);
        for (int i = 0; i < 200; ++i)
        {
            const Eigen::Index n = std::uniform_int_distribution<int>(1, 6)(rng);
            const TwoServers c = Draw(rng, n, i % 2 == 1);
            const LlmMecCell cell = Build(c, "Slot", "DedicatedServer");
            const auto slots = RunCell(cell);
            NS_TEST_ASSERT_MSG_EQ(slots.size(), 2, "slots");
            const SlotRecord& slot = slots.back();
            const SlotOutcome closed = EvaluateSlot(cell.controller->GetProblem(),
                                                    slot.observation.tasks,
                                                    slot.observation.serverGain,
                                                    slot.decision);
            for (Eigen::Index k = 0; k < n; ++k)
            {
                const double alpha = c.decision.offloadRatio[k];
                const double uploadS = std::min(alpha * 1e6 / RateOf(c, k), 10.0);
                const double mecS = alpha * 1e6 * 900 / SERVER_HZ[c.decision.server[k]];
                const double latencyS = std::max((1 - alpha) * 0.45, uploadS + mecS);
                const SlotOutcome& outcome = slot.outcome;
                NS_TEST_ASSERT_MSG_EQ_TOL(outcome.uplinkLatencyS[k] / uploadS, 1, 1e-9, "upload");
                NS_TEST_ASSERT_MSG_EQ_TOL(outcome.mecLatencyS[k] / mecS, 1, 1e-9, "server");
                NS_TEST_ASSERT_MSG_EQ_TOL(outcome.latencyS[k] / latencyS, 1, 1e-8, "latency");
                NS_TEST_ASSERT_MSG_EQ_TOL(closed.latencyS[k] / latencyS, 1, 1e-8, "equations");
            }
            Simulator::Destroy();
        }
    }

    /// With interference of those that send alone: two MLUs of different servers do not meet.
    void CheckActive()
    {
        TwoServers c;
        c.gain = Eigen::ArrayXXd::Constant(3, 2, 1e-6);
        c.decision = {Eigen::ArrayXd::Ones(3), Eigen::ArrayXd::Ones(3)};
        c.decision.server = Servers({0, 1, 1});
        const auto slots = RunCell(Build(c, "Active", "DedicatedServer"));
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 2, "slots");
        const Eigen::ArrayXd& uploadS = slots.back().outcome.uplinkLatencyS;
        const double alone = B * std::log2(1 + 1e-6 / N0);
        const double both = B * std::log2(1 + 1e-6 / (1e-6 + N0));
        NS_TEST_EXPECT_MSG_EQ_TOL(uploadS[0] * alone / 1e6, 1, 1e-6, "alone at server 0");
        NS_TEST_EXPECT_MSG_EQ_TOL(uploadS[1] * both / 1e6, 1, 1e-6, "one of two at server 1");
        NS_TEST_EXPECT_MSG_EQ_TOL(uploadS[2] * both / 1e6, 1, 1e-6, "the other");
        Simulator::Destroy();
    }

    /// An upload keeps its server in slots whose decisions name none, which is the first for all.
    /// Slots of 1 s, uploads of 2.5 s to server 1: that of slot 0 is under way when slot 2 starts,
    /// and that of slot 1 waits for the radio until 2.5 s.
    void CheckKeptServer()
    {
        TwoServers c;
        c.gain.resize(2, 2);
        c.gain << 7 * N0, 3 * N0, // alone 3 B at server 0 and 2 B at server 1
            7 * N0, 3 * N0;
        SlotDecision none{Eigen::ArrayXd::Ones(2), Eigen::ArrayXd::Ones(2)};
        SlotDecision named = none;
        named.offloadRatio[1] = 0;
        named.server = Servers({1, 0});
        const double meeting = std::log2(1 + 7.0 / 8); // two of server 0, over B
        // As Slot has it, the powers announced for slot 2 are those of two at server 0. As Active
        // has it, MLU 1 has sent by 3.7 s, and MLU 0 goes to server 0 at 5 s.
        for (const auto& [interference, last] :
             {std::pair("Slot", meeting), std::pair("Active", 3.0)})
        {
            const LlmMecCell cell = Build(c, interference, "DedicatedServer");
            cell.controller->SetAttribute("Slots", UintegerValue(3));
            cell.controller->SetAttribute("SlotBarrier", BooleanValue(false));
            cell.controller->SetAttribute(
                "Policy",
                PointerValue(CreateObject<ScriptedPolicy>(
                    [&](const SlotObservation& seen) { return seen.slot < 2 ? named : none; })));
            for (const auto& mlu : cell.mluApplications)
            {
                mlu->SetAttribute("TaskBits", BitsInTurn({2.5 * 2 * B}));
            }
            std::vector<SlotRecord> slots(3);
            for (const SlotRecord& slot : RunCell(cell))
            {
                slots.at(slot.observation.slot) = slot;
            }
            const std::string name = std::string(" with ") + interference;
            const auto expect = [&](std::size_t slot, int mlu, double rate, const char* what) {
                const double bps = slots[slot].outcome.uplinkBps[mlu];
                NS_TEST_EXPECT_MSG_EQ_TOL(bps / B, rate, 1e-6, what << name);
            };
            expect(0, 0, 2, "under way");
            expect(1, 0, 2, "waited");
            expect(2, 0, last, "of the slot that names no server");
            expect(2, 1, last, "another of that slot");
            Simulator::Destroy();
        }
    }

    /// Compute shares: the time at a server by weights, worked out by hand.
    void CheckComputeShares()
    {
        // Two tasks of 0.09 s arrive together; the first has three quarters of the server until it
        // is done after 0.12 s, when 0.06 s of the other are left for the whole server.
        TwoServers c;
        c.gain = Eigen::ArrayXXd::Constant(2, 2, 1e-6);
        c.decision = {Eigen::ArrayXd::Ones(2), Eigen::ArrayXd::Ones(2)};
        c.decision.server = Servers({0, 0});
        c.decision.computeShare = Shares({0.75, 0.25});
        const auto slots = RunCell(Build(c, "Slot", "ProcessorSharing"));
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 2, "slots");
        const Eigen::ArrayXd& mecS = slots.back().outcome.mecLatencyS;
        NS_TEST_EXPECT_MSG_EQ_TOL(mecS[0], 0.12, 1e-8, "three quarters");
        NS_TEST_EXPECT_MSG_EQ_TOL(mecS[1], 0.18, 1e-8, "one quarter, then all");
        Simulator::Destroy();
    }

    /// A policy that leaves the servers to the controller and offloads is told of, once.
    void CheckWarning()
    {
        TwoServers c;
        c.gain = Eigen::ArrayXXd::Constant(2, 2, 1e-6);
        const auto expect = [&](double ratio, const std::vector<int>& server, const char* text) {
            c.decision = {Eigen::ArrayXd::Constant(2, ratio), Eigen::ArrayXd::Ones(2)};
            c.decision.server = Servers(server);
            std::ostringstream printed;
            std::streambuf* const cerr = std::cerr.rdbuf(printed.rdbuf());
            RunCell(Build(c, "Slot", "DedicatedServer"));
            Simulator::Destroy();
            std::cerr.rdbuf(cerr);
            NS_TEST_EXPECT_MSG_EQ(printed.str(), text, "warnings of two slots");
        };
        expect(0.5,
               {},
               "warning: scripted policy decides no servers: all MLUs use the first of 2\n");
        expect(0.5, {0, 0}, "");
        expect(0, {}, "");
    }

    /// Each thing that a decision can have wrong about servers and shares.
    void CheckRefusals()
    {
        TwoServers good;
        good.gain = Eigen::ArrayXXd::Constant(2, 2, 1e-6);
        good.decision = {Eigen::ArrayXd::Ones(2), Eigen::ArrayXd::Ones(2)};
        good.decision.server = Servers({0, 0});
        const auto expect = [&](auto change, const std::string& discipline, const char* text) {
            TwoServers c = good;
            change(c.decision);
            std::string error = "(no error)";
            try
            {
                RunCell(Build(c, "Slot", discipline));
            }
            catch (const std::runtime_error& e)
            {
                error = e.what();
            }
            NS_TEST_EXPECT_MSG_NE(error.find(text), std::string::npos, error);
            Simulator::Destroy();
        };
        expect(
            [](SlotDecision& d) {
                d.server = Servers({0, 2});
            },
            "DedicatedServer",
            "decided server 2 for MLU 1, expected an index below 2");
        expect(
            [](SlotDecision& d) {
                d.server = Servers({-1, 0});
            },
            "DedicatedServer",
            "decided server -1 for MLU 0");
        expect(
            [](SlotDecision& d) {
                d.server = Servers({0, 0, 0});
            },
            "DedicatedServer",
            "decided for 3 servers, expected 2 or none");
        expect(
            [](SlotDecision& d) {
                d.bandwidthShare = Shares({0.6, 0.6});
            },
            "DedicatedServer",
            "bandwidth shares of server 0 with a sum of 1.2, expected at most 1");
        expect(
            [](SlotDecision& d) {
                d.bandwidthShare = Shares({0.6, 0});
            },
            "DedicatedServer",
            "bandwidth share 0 for MLU 1, expected a share in (0, 1]");
        expect(
            [](SlotDecision& d) {
                d.computeShare = Shares({0.6, 0.4});
            },
            "DedicatedServer",
            "decided compute shares, expected none with "
            "ns3::llmmec::DedicatedServerDiscipline");
        expect(
            [](SlotDecision& d) {
                d.computeShare = Shares({std::numeric_limits<double>::quiet_NaN(), 0.4});
            },
            "ProcessorSharing",
            "compute share nan for MLU 0");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param c gains and decision @param interference Slot or Active @param discipline of both
    /// servers @return the cell, of two slots
    static LlmMecCell Build(const TwoServers& c,
                            const std::string& interference,
                            const std::string& discipline)
    {
        const std::string cycles = "ns3::llmmec::CycleComputeModel";
        LlmMecHelper mec;
        mec.SetLink("ns3::llmmec::MecUplinkChannel", "Interference", StringValue(interference));
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(2));
        mec.SetServerDiscipline("ns3::llmmec::" + discipline + "Discipline");
        LlmMecCell cell = mec.CreateCell();
        mec.SetServerCompute(cycles, "FrequencyHz", DoubleValue(SERVER_HZ[1]));
        mec.AddServers(cell, NodeContainer(MakeNodeAt(50)));
        const SlotDecision decision = c.decision;
        cell.controller->SetAttribute(
            "Policy",
            PointerValue(CreateObject<ScriptedPolicy>(
                [decision](const SlotObservation&) { return decision; })));
        auto gains = CreateObject<MatrixPropagationLossModel>();
        for (Eigen::Index k = 0; k < c.gain.rows(); ++k)
        {
            const NodeContainer node(1);
            mec.AddMlus(cell, node);
            for (uint32_t m = 0; m < 2; ++m)
            {
                gains->SetLoss(node.Get(0)->GetObject<MobilityModel>(),
                               cell.servers.Get(m)->GetObject<MobilityModel>(),
                               -10 * std::log10(c.gain(k, m)));
            }
        }
        cell.link->SetAttribute("PropagationLossModel", PointerValue(gains));
        return cell;
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddSeveralServersTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, SeveralServersTestCase::Check check) {
        suite.Add(new SeveralServersTestCase(name, check));
    };
    add("events and equations agree with Shannon", &SeveralServersTestCase::CheckSlots);
    add("bands do not meet", &SeveralServersTestCase::CheckActive);
    add("a server is kept", &SeveralServersTestCase::CheckKeptServer);
    add("a warning of servers that are not decided", &SeveralServersTestCase::CheckWarning);
    add("compute shares", &SeveralServersTestCase::CheckComputeShares);
    add("decisions that cannot be", &SeveralServersTestCase::CheckRefusals);
}

static const LlmMecTests g_severalServersTests(
    &AddSeveralServersTests); //!< registers the cases of this file
