/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "mec-lossy-rate-model.h"
#include "mec-packet-cell.h"

#include "ns3/boolean.h"
#include "ns3/mec-packet-ledger.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief Every frame is in one place at any time.
 */
class MecPacketLedgerTestCase : public TestCase
{
  public:
    using Check = void (MecPacketLedgerTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecPacketLedgerTestCase(const std::string& name, Check check)
        : TestCase("Packet ledger: " + name),
          m_check(check)
    {
    }

    /// 2,000 cells with loss, cancels, stops, silence, groups and broken-off runs.
    void CheckRandomScenarios()
    {
        MecPacketCounts all;
        for (uint64_t seed = 0; seed < 2000; ++seed)
        {
            RunScenario(seed, all);
        }
        // What was drawn has come up, or the scenarios show nothing.
        for (unsigned i = 0; i < MEC_DROP_REASONS; ++i)
        {
            const auto reason = static_cast<MecDropReason>(i);
            NS_TEST_EXPECT_MSG_GT(all.GetDropped(reason), 100, GetDropReasonName(reason));
        }
        NS_TEST_EXPECT_MSG_GT(all.received, 10000, "received");
        NS_TEST_EXPECT_MSG_GT(all.queued, 1000, "queued at stops");
        NS_TEST_EXPECT_MSG_GT(all.pending, 1000, "on their way at stops");
        NS_TEST_EXPECT_MSG_GT(all.held, 100, "held at stops");
    }

    /// A ledger that misses a frame says so in one line.
    void CheckMissingFrame()
    {
        MecUplinkHelper helper;
        MecPacketCell cell(helper, {10});
        cell.Send(0, 100);
        MecPacketLedger ledger(cell.band);
        Simulator::Run();
        std::string error;
        try
        {
            ledger.Check();
        }
        catch (const std::logic_error& refusal)
        {
            error = refusal.what();
        }
        NS_TEST_EXPECT_MSG_EQ(error,
                              "MecPacketLedger: uplink: 0 sent = 1 received + 0 queue-full + 0 "
                              "too-long + 0 stopped + 0 cancelled + 0 tries + 0 no-device + 0 "
                              "queued + 0 on their way + 0 held, expected as many as were sent",
                              "message");
        Simulator::Destroy();
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param random bits @return how to install a cell
    static MecUplinkHelper DrawHelper(std::mt19937_64& random)
    {
        const double losses[] = {0, 0.01, 0.1, 0.5};
        MecUplinkHelper helper;
        helper.SetBand("RateModel",
                       PointerValue(CreateObject<LossyRateModel>(losses[random() % 4], random())));
        helper.SetMac("Window",
                      UintegerValue(1 + random() % 6),
                      "MaxTries",
                      UintegerValue(1 + random() % 4),
                      "MaxBurstPackets",
                      UintegerValue(1 + random() % 10));
        helper.SetReceiver("InOrder",
                           BooleanValue(random() % 4 != 0),
                           "ReorderTimeout",
                           TimeValue(MilliSeconds(1 + random() % 100)));
        helper.SetPhy("MaxReceptions", UintegerValue(random() % 3));
        helper.SetServerDevice("DownlinkRate",
                               StringValue(random() % 2 ? "100kb/s" : "100Mb/s"),
                               "DownlinkDelay",
                               TimeValue(MilliSeconds(random() % 20)));
        helper.SetQueue("ns3::DropTailQueue<Packet>",
                        "MaxSize",
                        StringValue(random() % 2 ? "4p" : "1000p"));
        return helper;
    }

    /// Something happens in a cell. @param cell the cell @param random bits
    static void Act(const MecPacketCell& cell, std::mt19937_64& random)
    {
        const uint32_t mlus = cell.band->GetMlus();
        const auto k = static_cast<uint32_t>(random() % mlus);
        const auto bytes = static_cast<uint32_t>(4 + random() % 1600);
        switch (random() % 16)
        {
        case 0:
            cell.GetMlu(k)->CancelFrames();
            break;
        case 1:
            random() % 4 == 0 ? cell.GetMlu(k)->Stop() : cell.GetMlu(k)->CancelFrames();
            break;
        case 2: {
            Eigen::ArrayXd powerW(mlus);
            for (uint32_t l = 0; l < mlus; ++l)
            {
                powerW[l] = random() % 3 == 0 ? 0 : 1e-3 * static_cast<double>(random() % 2000);
            }
            cell.band->MeasureGains();
            cell.band->AnnounceSlot(powerW, Eigen::ArrayXi(), Eigen::ArrayXd());
            break;
        }
        case 3:
            cell.GetServer()->Send(Create<Packet>(bytes), cell.GetMlu(k)->GetBroadcast(), 1);
            break;
        case 4:
            cell.GetServer()->Send(Create<Packet>(bytes), cell.GetMlu(k)->GetAddress(), 1);
            break;
        case 5:
            cell.GetServer()->Send(Create<Packet>(bytes), Mac48Address("02:00:00:00:00:77"), 1);
            break;
        default:
            for (uint64_t i = random() % 12; i > 0; --i)
            {
                cell.Send(k, bytes);
            }
        }
    }

    /// Run a cell with stops, and check the ledger at each. @param seed of all draws @param[out]
    /// all gets the counts added
    void RunScenario(uint64_t seed, MecPacketCounts& all)
    {
        std::mt19937_64 random(seed);
        std::vector<double> distanceM(1 + random() % 6);
        for (double& distance : distanceM)
        {
            distance = 1 + static_cast<double>(random() % 100);
        }
        const MecPacketCell cell(DrawHelper(random), distanceM);
        const MecPacketLedger ledger(cell.band);
        for (int i = 0; i < 40; ++i)
        {
            Simulator::Schedule(MicroSeconds(random() % 200000),
                                [&cell, &random] { Act(cell, random); });
        }
        for (int stop = 0; stop < 8; ++stop)
        {
            Simulator::Stop(MicroSeconds(random() % 40000));
            Simulator::Run();
            for (const MecPacketCounts& counts : {ledger.GetUplink(), ledger.GetDownlink()})
            {
                NS_TEST_EXPECT_MSG_EQ(counts.IsBalanced(), true, "seed " << seed);
                all.queued += counts.queued;
                all.pending += counts.pending;
                all.held += counts.held;
            }
        }
        for (MecPacketCounts counts : {ledger.GetUplink(), ledger.GetDownlink()})
        {
            counts.queued = counts.pending = counts.held = 0; // counted at the stops
            all += counts;
        }
        Simulator::Destroy();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMecPacketLedgerTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecPacketLedgerTestCase::Check check) {
        suite.Add(new MecPacketLedgerTestCase(name, check));
    };
    add("2,000 random scenarios balance", &MecPacketLedgerTestCase::CheckRandomScenarios);
    add("a frame that is missing is noticed", &MecPacketLedgerTestCase::CheckMissingFrame);
}

static const LlmMecTests g_mecPacketLedgerTests(
    &AddMecPacketLedgerTests); //!< registers the cases of this file
