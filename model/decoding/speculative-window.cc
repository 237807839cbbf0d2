/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "speculative-window.h"

#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/uinteger.h"

#include <cmath>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("WindowPolicy");

NS_OBJECT_ENSURE_REGISTERED(WindowPolicy);
NS_OBJECT_ENSURE_REGISTERED(FixedWindow);
NS_OBJECT_ENSURE_REGISTERED(OptimalWindow);
NS_OBJECT_ENSURE_REGISTERED(EstimatedWindow);

namespace
{

constexpr uint32_t LARGEST = 1024; //!< of any window
constexpr uint32_t TRIED = 64;     //!< by default, of those that are tried

} // namespace

TypeId
WindowPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::llmmec::WindowPolicy").SetParent<Object>().SetGroupName("LlmMec");
    return tid;
}

void
WindowPolicy::BeginAnswer()
{
}

void
WindowPolicy::Learn(uint64_t /* accepted */, uint64_t /* rejected */)
{
}

TypeId
FixedWindow::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::FixedWindow")
                            .SetParent<WindowPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<FixedWindow>()
                            .AddAttribute("Window",
                                          "Drafts of a window.",
                                          UintegerValue(4),
                                          MakeUintegerAccessor(&FixedWindow::m_window),
                                          MakeUintegerChecker<uint32_t>(1, LARGEST));
    return tid;
}

uint32_t
FixedWindow::Choose(SpeculativeMode /* mode */, const SpeculativeTimes& /* times */)
{
    return m_window;
}

TypeId
OptimalWindow::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::OptimalWindow")
                            .SetParent<WindowPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<OptimalWindow>()
                            .AddAttribute("Acceptance",
                                          "Probability that a draft is right.",
                                          DoubleValue(0.8),
                                          MakeDoubleAccessor(&OptimalWindow::m_acceptance),
                                          MakeDoubleChecker<double>(0, 1))
                            .AddAttribute("Largest",
                                          "Largest window that is tried.",
                                          UintegerValue(TRIED),
                                          MakeUintegerAccessor(&OptimalWindow::m_largest),
                                          MakeUintegerChecker<uint32_t>(1, LARGEST));
    return tid;
}

uint32_t
OptimalWindow::Choose(SpeculativeMode mode, const SpeculativeTimes& times)
{
    return BestWindow(mode, m_acceptance, times, m_largest);
}

TypeId
EstimatedWindow::GetTypeId()
{
    static TypeId tid = TypeId("ns3::llmmec::EstimatedWindow")
                            .SetParent<WindowPolicy>()
                            .SetGroupName("LlmMec")
                            .AddConstructor<EstimatedWindow>()
                            .AddAttribute("PriorRight",
                                          "Drafts that the estimate begins with as right.",
                                          DoubleValue(3),
                                          MakeDoubleAccessor(&EstimatedWindow::m_priorRight),
                                          MakeDoubleChecker<double>(1e-6, 1e9))
                            .AddAttribute("PriorWrong",
                                          "Drafts that the estimate begins with as wrong.",
                                          DoubleValue(1),
                                          MakeDoubleAccessor(&EstimatedWindow::m_priorWrong),
                                          MakeDoubleChecker<double>(1e-6, 1e9))
                            .AddAttribute("Memory",
                                          "Drafts after which an outcome counts 1/e, for an "
                                          "acceptance that drifts; 0: all count alike.",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&EstimatedWindow::m_memory),
                                          MakeDoubleChecker<double>(0, 1e9))
                            .AddAttribute("Largest",
                                          "Largest window that is tried.",
                                          UintegerValue(TRIED),
                                          MakeUintegerAccessor(&EstimatedWindow::m_largest),
                                          MakeUintegerChecker<uint32_t>(1, LARGEST));
    return tid;
}

void
EstimatedWindow::BeginAnswer()
{
    m_right = 0;
    m_wrong = 0;
}

uint32_t
EstimatedWindow::Choose(SpeculativeMode mode, const SpeculativeTimes& times)
{
    return BestWindow(mode, GetEstimate(), times, m_largest);
}

void
EstimatedWindow::Learn(uint64_t accepted, uint64_t rejected)
{
    const auto right = static_cast<double>(accepted);
    const auto wrong = static_cast<double>(rejected);
    const double kept = m_memory > 0 ? std::exp(-(right + wrong) / m_memory) : 1;
    m_right = kept * m_right + right;
    m_wrong = kept * m_wrong + wrong;
}

double
EstimatedWindow::GetEstimate() const
{
    const double right = m_priorRight + m_right;
    return right / (right + m_priorWrong + m_wrong);
}

} // namespace llmmec
} // namespace ns3
