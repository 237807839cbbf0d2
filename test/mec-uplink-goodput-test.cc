/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"
#include "mec-packet-cell.h"

#include "ns3/mec-uplink-rate.h"
#include "ns3/pointer.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

constexpr double ETHERNET_BYTES = 14;       //!< header of a frame
constexpr double FRAME_BYTES = 4;           //!< PacketHeaderBytes
constexpr double BURST_BYTES = 16;          //!< BurstHeaderBytes
constexpr double PREAMBLE_S = 40e-6;        //!< Preamble
constexpr double ACKNOWLEDGEMENT_S = 48e-6; //!< AckDelay

/// @param mlus how many @return ground distances between 5 and 20 m
std::vector<double>
SpreadMlus(uint32_t mlus)
{
    std::vector<double> distanceM(mlus);
    for (uint32_t k = 0; k < mlus; ++k)
    {
        distanceM[k] = 5 + 15.0 * k / mlus;
    }
    return distanceM;
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Rate (19) times a factor.
 */
class ScaledRateModel : public MecRateModel
{
  public:
    double GetRateBps(const MecRadioState& state) const override
    {
        return factor * UplinkRateBps(state.receivedW,
                                      state.slotInterferenceW,
                                      state.bandwidthHz,
                                      state.noiseW);
    }

    double factor{1}; //!< of the rate
};

/**
 * @ingroup llm-mec-tests
 * @brief MLUs that always have something to send, and what the server has decoded of each.
 */
class SaturatedCell
{
  public:
    /**
     * @param helper how to install the band
     * @param distanceM ground distances
     * @param bytes length of all packets
     * @param waiting packets that each queue keeps
     */
    SaturatedCell(const MecUplinkHelper& helper,
                  const std::vector<double>& distanceM,
                  uint32_t bytes,
                  uint32_t waiting)
        : cell(helper, distanceM),
          decoded(distanceM.size()),
          failed(distanceM.size()),
          firstS(distanceM.size()),
          lastS(distanceM.size())
    {
        cell.GetServer()->GetPhy()->TraceConnectWithoutContext(
            "Burst",
            MakeCallback(&SaturatedCell::NoteBurst, this));
        for (uint32_t k = 0; k < distanceM.size(); ++k)
        {
            for (uint32_t i = 0; i < waiting; ++i)
            {
                cell.Send(k, bytes);
            }
            cell.GetMlu(k)->GetQueue()->TraceConnectWithoutContext(
                "Dequeue",
                Callback<void, Ptr<const Packet>>(
                    [this, k, bytes](Ptr<const Packet>) { cell.Send(k, bytes); }));
        }
    }

    /// @param bursts stop when each MLU has had so many decoded, or most have had them @param of
    /// how many MLUs must have had them
    void RunUntil(uint32_t bursts, uint32_t of)
    {
        m_bursts = bursts;
        m_of = of;
        Simulator::Run();
    }

    MecPacketCell cell;            //!< the cell
    std::vector<uint32_t> decoded; //!< bursts of each MLU
    std::vector<uint32_t> failed;  //!< bursts of each MLU
    std::vector<double> firstS;    //!< when the first was decoded
    std::vector<double> lastS;     //!< when the last was

  private:
    /// @param reception a burst has ended
    void NoteBurst(const MecBurstReception& reception)
    {
        const uint32_t k = reception.mlu;
        if (reception.result != MecBurstReception::DECODED)
        {
            m_complete += ++failed[k] == m_bursts ? 1 : 0;
        }
        else
        {
            const double nowS = Simulator::Now().GetSeconds();
            firstS[k] = decoded[k] == 0 ? nowS : firstS[k];
            lastS[k] = nowS;
            m_complete += ++decoded[k] == m_bursts ? 1 : 0;
        }
        if (m_complete >= m_of)
        {
            Simulator::Stop();
        }
    }

    uint32_t m_bursts{0};   //!< bursts to wait for
    uint32_t m_of{0};       //!< MLUs to wait for
    uint32_t m_complete{0}; //!< MLUs that have had them
};

/**
 * @ingroup llm-mec-tests
 * @brief What the packet uplink carries, against closed forms and (19).
 */
class MecUplinkGoodputTestCase : public TestCase
{
  public:
    using Check = void (MecUplinkGoodputTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecUplinkGoodputTestCase(const std::string& name, Check check)
        : TestCase("Packet uplink: " + name),
          m_check(check)
    {
    }

    /// Goodput of MLUs that always send is the closed form, for all windows and trains.
    void CheckClosedForm()
    {
        for (const uint32_t mlus : {2, 5, 10, 50})
        {
            for (const uint32_t window : {1, 2})
            {
                for (const uint32_t train : {1, 2, 4, 8, 32})
                {
                    CheckSetting(mlus, window, train);
                }
            }
        }
    }

    /// With bursts of 30 ms and packets of 9,000 bytes, headers take less than 0.5 % of (19).
    void CheckLongBursts()
    {
        constexpr uint32_t bytes = 9000;
        constexpr double longestS = 60e-3; // a packet takes up to 30 ms, so bursts take at least 30
        for (const uint32_t mlus : {2, 5, 10})
        {
            MecUplinkHelper helper;
            helper.SetMluDevice("Mtu", UintegerValue(bytes));
            helper.SetServerDevice("Mtu", UintegerValue(bytes));
            helper.SetMac("MaxBurstPackets",
                          UintegerValue(1000),
                          "MaxBurstDuration",
                          TimeValue(Seconds(longestS)));
            SaturatedCell saturated(helper, SpreadMlus(mlus), bytes, 100);
            saturated.RunUntil(60, mlus);
            const Eigen::ArrayXd rateBps = GetRatesBps(saturated.cell);
            double goodputBps = 0;
            for (uint32_t k = 0; k < mlus; ++k)
            {
                const double frameBits = 8 * (bytes + ETHERNET_BYTES + FRAME_BYTES);
                const double longestBits = longestS * rateBps[k] - 8 * BURST_BYTES;
                const double frames = std::max(std::floor(longestBits / frameBits), 1.0);
                goodputBps += (saturated.decoded[k] - 1) * 8.0 * frames * bytes /
                              (saturated.lastS[k] - saturated.firstS[k]);
            }
            NS_TEST_EXPECT_MSG_GT(goodputBps / rateBps.sum(), 0.995, "share of (19)");
            NS_TEST_EXPECT_MSG_LT(goodputBps / rateBps.sum(), 1, "share of (19)");
            Simulator::Destroy();
        }
    }

    /// Bursts at exactly capacity are all decoded; bursts 1e-4 above are none.
    void CheckCapacity()
    {
        // 80 dB above the noise: 33 dBm - 30 dB - 27 dB + 104 dB
        const std::vector<double> alone{std::sqrt(std::pow(10, 2.7) - 100)};
        std::vector<double> nearFar;
        for (int k = 0; k < 50; ++k)
        {
            nearFar.push_back(std::pow(10, 1 + 3.0 * k / 49)); // 10 m to 10 km
        }
        for (const auto& distanceM : {alone, nearFar})
        {
            for (const double factor : {1.0, 1 + 1e-4})
            {
                CheckFactor(distanceM, factor);
            }
        }
    }

    /// A second listener changes nothing: interference does not depend on the number of receivers.
    void CheckSecondListener()
    {
        std::vector<uint32_t> failed;
        for (const bool hasSecond : {false, true})
        {
            MecUplinkHelper helper;
            helper.SetBand("RateModel", PointerValue(CreateObject<MecActiveRateModel>()));
            helper.SetMac("Window", UintegerValue(1));
            SaturatedCell saturated(helper, SpreadMlus(5), 1400, 20);
            auto second = CreateObject<MecUplinkPhy>();
            if (hasSecond)
            {
                auto mobility = CreateObject<ConstantPositionMobilityModel>();
                mobility->SetPosition(Vector(3, 3, 3));
                second->SetMobility(mobility);
                second->SetSpectrum(saturated.cell.GetServer()->GetPhy()->GetRxSpectrumModel(),
                                    saturated.cell.band->GetNoiseW());
                second->SetReceivedCallback(
                    MecUplinkPhy::BurstCallback([](Ptr<MecUplinkBurst>) {}));
                saturated.cell.band->GetSpectrumChannel()->AddRx(second);
            }
            saturated.RunUntil(300, 5);
            failed.push_back(std::accumulate(saturated.failed.begin(), saturated.failed.end(), 0U));
            Simulator::Destroy();
        }
        NS_TEST_EXPECT_MSG_GT(failed[0], 0, "rates after what is on the air fail at times");
        NS_TEST_EXPECT_MSG_EQ(failed[0], failed[1], "with one listener and with two");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param cell a cell @return rates (19) of its MLUs, worked out from their places
    Eigen::ArrayXd GetRatesBps(const MecPacketCell& cell)
    {
        const Vector top = cell.server.Get(0)->GetObject<MobilityModel>()->GetPosition();
        Eigen::ArrayXd receivedW(cell.mlus.GetN());
        for (uint32_t k = 0; k < cell.mlus.GetN(); ++k)
        {
            const Vector place = cell.mlus.Get(k)->GetObject<MobilityModel>()->GetPosition();
            receivedW[k] = std::pow(10, 0.3) * 1e-3 / CalculateDistanceSquared(top, place);
        }
        return UplinkRatesBps(receivedW, 10e6, std::pow(10, -13.4));
    }

    /// Compare goodput with the closed form. @param mlus K @param window W @param train packets of
    /// a burst
    void CheckSetting(uint32_t mlus, uint32_t window, uint32_t train)
    {
        constexpr uint32_t bytes = 1400;
        MecUplinkHelper helper;
        helper.SetMac("MaxBurstPackets",
                      UintegerValue(train),
                      "MaxBurstDuration",
                      TimeValue(Seconds(1000)),
                      "Window",
                      UintegerValue(window));
        SaturatedCell saturated(helper, SpreadMlus(mlus), bytes, 2 * train);
        saturated.RunUntil(12, mlus);
        const Eigen::ArrayXd rateBps = GetRatesBps(saturated.cell);
        const double bitsOnAir = 8 * (train * (bytes + ETHERNET_BYTES + FRAME_BYTES) + BURST_BYTES);
        double goodputBps = 0;
        double closedFormBps = 0;
        for (uint32_t k = 0; k < mlus; ++k)
        {
            const double bits = 8.0 * train * bytes;
            goodputBps +=
                (saturated.decoded[k] - 1) * bits / (saturated.lastS[k] - saturated.firstS[k]);
            closedFormBps += bits / (bitsOnAir / rateBps[k] + PREAMBLE_S +
                                     (window == 1 ? ACKNOWLEDGEMENT_S : 0));
            NS_TEST_EXPECT_MSG_EQ(saturated.failed[k], 0, "bursts that are not decoded");
        }
        NS_TEST_EXPECT_MSG_EQ_TOL(goodputBps / closedFormBps,
                                  1,
                                  1e-5, // bursts end on the next ns
                                  "goodput of " << mlus << " MLUs, window " << window
                                                << ", trains of " << train);
        Simulator::Destroy();
    }

    /// Send at a multiple of the rate (19). @param distanceM ground distances @param factor of it
    void CheckFactor(const std::vector<double>& distanceM, double factor)
    {
        auto model = CreateObject<ScaledRateModel>();
        model->factor = factor;
        MecUplinkHelper helper;
        helper.SetBand("RateModel", PointerValue(model));
        helper.SetMac("MaxTries", UintegerValue(1), "MaxBurstPackets", UintegerValue(1));
        const bool isAlone = distanceM.size() == 1;
        // A burst ends on the next ns, which must be less than 1e-4 of it.
        SaturatedCell saturated(helper, distanceM, isAlone ? 1400 : 100, 3);
        saturated.RunUntil(isAlone ? 20000 : 20, isAlone ? 1 : 25);
        const auto count = [](const std::vector<uint32_t>& bursts) {
            return std::accumulate(bursts.begin(), bursts.end(), 0U);
        };
        const uint32_t decoded = count(saturated.decoded);
        const uint32_t failed = count(saturated.failed);
        NS_TEST_EXPECT_MSG_GT(decoded + failed, 2000, "bursts");
        NS_TEST_EXPECT_MSG_EQ((factor > 1 ? decoded : failed),
                              0,
                              "bursts of " << distanceM.size() << " MLUs at " << factor
                                           << " times the rate (19)");
        Simulator::Destroy();
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddMecUplinkGoodputTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecUplinkGoodputTestCase::Check check) {
        suite.Add(new MecUplinkGoodputTestCase(name, check));
    };
    add("saturated goodput is the closed form", &MecUplinkGoodputTestCase::CheckClosedForm);
    add("long bursts carry (19)", &MecUplinkGoodputTestCase::CheckLongBursts);
    add("capacity is decoded, more is not", &MecUplinkGoodputTestCase::CheckCapacity);
    add("interference does not depend on listeners",
        &MecUplinkGoodputTestCase::CheckSecondListener);
}

static const LlmMecTests g_mecUplinkGoodputTests(
    &AddMecUplinkGoodputTests); //!< registers the cases of this file
