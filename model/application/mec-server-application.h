/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_SERVER_APPLICATION_H
#define MEC_SERVER_APPLICATION_H

#include "ns3/application.h"
#include "ns3/llm-compute-model.h"
#include "ns3/mec-server-discipline.h"
#include "ns3/mec-uplink.h"
#include "ns3/traced-callback.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The server's answer to a request.
 */
struct MecServerReply
{
    OffloadRequest request;  ///< what was asked
    UplinkDelivery delivery; ///< how it was uploaded
    double mecLatencyS{0};   ///< L^MEC of (22), s, with waiting
};

/**
 * @ingroup llm-mec
 * @brief The MEC server: runs the full model on the shares that MLUs offload.
 *
 * A ComputeModel says what a request demands of the whole server, a MecServerDiscipline how
 * requests share it. Replies are a few tokens and take no time, as in the paper.
 */
class MecServerApplication : public Application
{
  public:
    /// Takes an answer back to the cell.
    using ReplyCallback = Callback<void, const MecServerReply&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Set who takes answers back.
     * @param reply called with each answer, for its MLU
     */
    void SetReplyCallback(ReplyCallback reply);

    /**
     * A request arrives.
     * @param request what is asked
     * @param delivery how it was uploaded
     */
    void Receive(const OffloadRequest& request, const UplinkDelivery& delivery);

    /// @return the server's compute model
    Ptr<ComputeModel> GetComputeModel() const;
    /// @return how requests share the server
    Ptr<MecServerDiscipline> GetDiscipline() const;

    /**
     * TracedCallback signature of a request.
     * @param [in] request what is asked
     * @param [in] delivery how it was uploaded
     */
    typedef void (*RequestTracedCallback)(const OffloadRequest& request,
                                          const UplinkDelivery& delivery);

    /**
     * TracedCallback signature of an answer.
     * @param [in] reply the answer
     */
    typedef void (*ReplyTracedCallback)(const MecServerReply& reply);

  protected:
    void DoInitialize() override;
    void DoDispose() override;

  private:
    void StartApplication() override;
    void StopApplication() override;

    /// A job is done. @param job the job @param latencyS its time here, s
    void Done(const ServerJob& job, double latencyS);

    Ptr<ComputeModel> m_compute;           //!< what a request demands
    Ptr<MecServerDiscipline> m_discipline; //!< how requests share the server
    ReplyCallback m_reply;                 //!< takes answers back

    TracedCallback<const OffloadRequest&, const UplinkDelivery&> m_requestTrace; //!< a request
    TracedCallback<const MecServerReply&> m_replyTrace;                          //!< an answer
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_SERVER_APPLICATION_H
