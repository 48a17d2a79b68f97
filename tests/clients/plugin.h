/* plugin: what client_loader finds in plugin_tls by dlsym. Exported. */
#ifndef OW_CLIENTS_PLUGIN_H
#define OW_CLIENTS_PLUGIN_H

int plugin_source(const char *name);
/* An SSL with a connection to name, verifying; to be given to the next two. */
void *plugin_prepare(const char *name);
int plugin_connect(void *ssl);
/* The verify result; frees ssl. */
long plugin_result(void *ssl);
/* dlopen, called from the plugin. */
void *plugin_open(const char *name);

#endif
