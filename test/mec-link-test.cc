/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-test-cell.h"
#include "llm-mec-test-link.h"
#include "llm-mec-tests.h"

#include "ns3/double.h"
#include "ns3/llm-mec-speculation-helper.h"
#include "ns3/mec-constant-link.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

/**
 * @ingroup llm-mec-tests
 * @brief A cell over a link that the module has never seen.
 */
class MecLinkTestCase : public TestCase
{
  public:
    using Check = void (MecLinkTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    MecLinkTestCase(const std::string& name, Check check)
        : TestCase("Link: " + name),
          m_check(check)
    {
    }

    /// Sent, received and answered are events of their own, and the latency has all their times.
    void CheckTimes()
    {
        LlmMecHelper mec;
        mec.SetLink("ns3::PipeLink");
        mec.SetPolicy("always-offload");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(3));
        const LlmMecCell cell = mec.InstallCell(2);
        std::string order;
        const auto note = [&order](const char* name) {
            return Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [&order, name](const OffloadRequest& request, const LinkDelivery&) {
                    order += request.mlu == 0 ? name : "";
                });
        };
        cell.link->TraceConnectWithoutContext("Sent", note("s"));
        cell.link->TraceConnectWithoutContext("Delivered", note("d"));
        cell.link->TraceConnectWithoutContext(
            "Answered",
            Callback<void, const OffloadAnswer&, const LinkDelivery&>(
                [&order](const OffloadAnswer& answer, const LinkDelivery&) {
                    order += answer.request.mlu == 0 ? "a" : "";
                }));
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 3, "slots");
        NS_TEST_EXPECT_MSG_EQ(order, "sdasdasda", "events of MLU 0");
        for (const SlotRecord& slot : slots)
        {
            const SlotOutcome& outcome = slot.outcome;
            for (Eigen::Index k = 0; k < 2; ++k)
            {
                NS_TEST_EXPECT_MSG_EQ(outcome.uplinkLatencyS[k], UPLOAD_S, "upload");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.mecLatencyS[k], 0.09, 1e-12, "server");
                NS_TEST_EXPECT_MSG_EQ(outcome.downlinkLatencyS[k], DOWNLINK_S, "answer");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.latencyS[k],
                                          UPLOAD_S + 0.09 + DOWNLINK_S,
                                          1e-12,
                                          "(29) with the answer");
                NS_TEST_EXPECT_MSG_EQ_TOL(outcome.uplinkEnergyJ[k],
                                          slot.decision.powerW[k] * UPLOAD_S / 2,
                                          1e-12,
                                          "energy of the time on air alone");
            }
        }
        Simulator::Destroy();
    }

    /// A lost upload leaves its task unserved, the radio free and the rest as it was.
    void CheckLoss()
    {
        LlmMecHelper mec;
        mec.SetLink("ns3::PipeLink", "LosesEach", UintegerValue(3));
        mec.SetPolicy("always-offload");
        mec.SetController("ns3::llmmec::OffloadController", "Slots", UintegerValue(6));
        const LlmMecCell cell = mec.InstallCell(1);
        int lost = 0;
        cell.link->TraceConnectWithoutContext(
            "Lost",
            Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [&lost](const OffloadRequest& request, const LinkDelivery&) {
                    lost += request.slot % 3 == 2 ? 1 : 100;
                }));
        const auto slots = RunCell(cell);
        NS_TEST_ASSERT_MSG_EQ(slots.size(), 6, "slots");
        NS_TEST_EXPECT_MSG_EQ(lost, 2, "the third of three");
        for (const SlotRecord& slot : slots)
        {
            const bool isLost = slot.observation.slot % 3 == 2;
            NS_TEST_EXPECT_MSG_EQ(slot.outcome.unserved[0], isLost, "unserved");
            NS_TEST_EXPECT_MSG_EQ((slot.outcome.accuracy[0] == 0), isLost, "no answer");
            NS_TEST_EXPECT_MSG_EQ((slot.outcome.latencyS[0] == 10), isLost, "UnservedLatency");
        }
        Simulator::Destroy();
    }

    /// An MLU of a constant link has a rate of its own where it was given one, and is measured by
    /// it.
    void CheckOwnRates()
    {
        LlmMecSpeculationHelper speculation;
        speculation.SetClient("ns3::llmmec::SpeculativeClient",
                              "DraftTime",
                              TimeValue(MilliSeconds(10)));
        speculation.SetLink("ns3::llmmec::MecConstantLink", "UplinkBps", DoubleValue(1e6));
        const LlmMecSpeculationCell cell = speculation.InstallCell(2);
        const auto link = DynamicCast<MecConstantLink>(cell.link);
        link->SetUplinkBps(1, 3e6);
        std::vector<double> rates(2);
        cell.link->TraceConnectWithoutContext(
            "Sent",
            Callback<void, const OffloadRequest&, const LinkDelivery&>(
                [&rates, this](const OffloadRequest& request, const LinkDelivery& delivery) {
                    rates[request.mlu] = request.work.bits / delivery.airTimeS;
                    NS_TEST_EXPECT_MSG_EQ_TOL(delivery.rateBps,
                                              rates[request.mlu],
                                              1e-6 * delivery.rateBps,
                                              "rate of an upload");
                }));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ_TOL(rates[0], 1e6, 1, "rate of all");
        NS_TEST_EXPECT_MSG_EQ_TOL(rates[1], 3e6, 1, "rate of its own");
        const double gain = link->MeasureGains()(1, 0);
        NS_TEST_EXPECT_MSG_EQ_TOL(link->GetBandwidthHz() * std::log2(1 + gain / link->GetNoiseW()),
                                  3e6,
                                  1,
                                  "rate by (19) with 1 W");
        std::string error;
        try
        {
            link->SetUplinkBps(2, 0);
        }
        catch (const std::invalid_argument& refusal)
        {
            error = refusal.what();
        }
        NS_TEST_EXPECT_MSG_EQ(error,
                              "MecConstantLink: got 0 bit/s for MLU 2 of 2, expected a rate > 0 "
                              "for one of them",
                              "message");
        Simulator::Destroy();
    }

    /// Types and attributes that are none are refused in one line.
    void CheckRefusals()
    {
        const auto errorOf = [](auto set) {
            LlmMecHelper mec;
            try
            {
                set(mec);
            }
            catch (const std::invalid_argument& error)
            {
                return std::string(error.what());
            }
            return std::string("(no error)");
        };
        const auto expect = [this](const std::string& error, const std::string& text) {
            NS_TEST_EXPECT_MSG_EQ(error, text, "message");
        };
        expect(errorOf([](LlmMecHelper& mec) { mec.SetLink("ns3::NoLink"); }),
               "type 'ns3::NoLink', expected the name of a subclass of ns3::llmmec::MecLink that "
               "has a constructor");
        expect(errorOf([](LlmMecHelper& mec) { mec.SetLink("ns3::llmmec::MluApplication"); }),
               "type 'ns3::llmmec::MluApplication', expected the name of a subclass of "
               "ns3::llmmec::MecLink that has a constructor");
        expect(errorOf([](LlmMecHelper& mec) { mec.SetLink("ns3::llmmec::MecLink"); }),
               "type 'ns3::llmmec::MecLink', expected the name of a subclass of "
               "ns3::llmmec::MecLink that has a constructor");
        expect(errorOf([](LlmMecHelper& mec) {
                   mec.SetLink("ns3::PipeLink", "BandwidthHz", UintegerValue(1));
               }),
               "attribute 'BandwidthHz' of ns3::PipeLink, expected one that it has");
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
AddMecLinkTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, MecLinkTestCase::Check check) {
        suite.Add(new MecLinkTestCase(name, check));
    };
    add("sent, received and answered are events of their own", &MecLinkTestCase::CheckTimes);
    add("a lost upload leaves its task unserved", &MecLinkTestCase::CheckLoss);
    add("an MLU has a rate of its own", &MecLinkTestCase::CheckOwnRates);
    add("unknown types and attributes are refused", &MecLinkTestCase::CheckRefusals);
}

static const LlmMecTests g_mecLinkTests(&AddMecLinkTests); //!< registers the cases of this file
